# syntax=docker/dockerfile:1
# The production image of web, worker and migration. PostgreSQL and S3 are services of their own (docker-compose.yml).

FROM node:22-bookworm-slim AS frontend
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY server/frontend server/frontend
COPY server/templates server/templates
COPY server/web server/web
RUN node server/frontend/build.mjs

FROM python:3.13-slim-bookworm AS python
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt ./
# A complete lock is installed as it is, without a resolver; `pip check` below names what it should have lacked.
RUN /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY pyproject.toml requirements.in README.md ./
COPY server server
COPY storage storage
COPY workflows workflows
# Editable, so that the program finds bpmn/ and its own files where they lie: /app in both stages.
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index -e . \
    && /venv/bin/pip check \
    && /venv/bin/python -m compileall -q /app

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 greencase \
    && useradd --system --uid 10001 --gid greencase --no-create-home --shell /usr/sbin/nologin greencase \
    && install -d -o greencase -g greencase /data
COPY --from=python /venv /venv
COPY --from=python /app /app
COPY --from=frontend /app/server/static /app/server/static
COPY bpmn /app/bpmn
WORKDIR /app
# What was built, for instance a commit: shown behind the release, and kept with every calculation.
ARG GREENCASE_BUILD=
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1 \
    GREENCASE_DATA=/data \
    GREENCASE_BUILD=$GREENCASE_BUILD \
    WEB_CONCURRENCY=2
USER 10001:10001
EXPOSE 8000
# The worker-tmp-dir is in memory: a heartbeat file on a slow disk makes gunicorn kill healthy workers.
CMD ["gunicorn", "server.wsgi:app", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "8", \
     "--timeout", "60", "--graceful-timeout", "20", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--preload"]
