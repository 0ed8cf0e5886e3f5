import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';

const target = document.getElementById('app');
if (target) mount(App, { target });

// The program of the page is kept by the browser, so that it opens while the node does not answer; never what the node
// says. Only once all is drawn: an old machine has other things to do before.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  window.addEventListener('load', () => window.setTimeout(() => void navigator.serviceWorker.register('/offline.js').catch(() => {}), 3_000));
}
