#!/bin/sh
# Runs once, when the database is made: the owner of the schema, and the application with no rights but those that
# migrations grant it.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$GREENCASE_OWNER_PASSWORD" --set app_password="$GREENCASE_APP_PASSWORD" <<'SQL'
CREATE ROLE greencase_owner LOGIN NOSUPERUSER PASSWORD :'owner_password';
CREATE ROLE greencase LOGIN NOSUPERUSER PASSWORD :'app_password';
CREATE DATABASE greencase OWNER greencase_owner;
REVOKE ALL ON DATABASE greencase FROM PUBLIC;
GRANT CONNECT ON DATABASE greencase TO greencase;
SQL
