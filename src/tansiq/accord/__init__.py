"""From talk to kept promise: what follows from what was told of files, texts, promises and centres.

Everything here is a function of what a circle was told (`tansiq.picture.told`) and of a time: no store, no clock.
"""
