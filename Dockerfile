# The app alone; the database beside it is compose.yaml's business.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/biwu
COPY requirements.lock .
RUN python -m venv /srv/venv \
 && /srv/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home --home-dir /srv/biwu biwu
WORKDIR /srv/biwu
COPY --from=build /srv/venv /srv/venv
COPY --chown=biwu app app
COPY --chown=biwu migrations migrations
COPY --chown=biwu templates templates
COPY --chown=biwu static static
COPY --chown=biwu question_bank question_bank
COPY --chown=biwu samples samples
USER biwu
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 BIWU_MODE=production BIWU_DATA_DIR=/srv/biwu/var
VOLUME /srv/biwu/var
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"
# One worker by default: the journal groups the saves of a process. More of them need PostgreSQL.
CMD ["python", "-m", "app", "serve", "--host", "0.0.0.0", "--port", "8000"]
