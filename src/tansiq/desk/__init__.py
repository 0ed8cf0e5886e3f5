"""What people see and do: the HTTP API, sign-in and roles, the live stream. Serves the web app."""
