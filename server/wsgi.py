"""The entry of a WSGI server: `gunicorn server.wsgi:app`."""

from server import create_app
from server.settings import Settings

app = create_app(Settings.from_environment())
