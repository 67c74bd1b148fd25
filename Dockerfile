# One image for web, workers and beat; docker-compose.yml says which command each runs.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/weibao
RUN python3 -m venv .venv && useradd --system --home-dir /srv/weibao weibao
COPY requirements.lock ./
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
ENV PATH=/srv/weibao/.venv/bin:$PATH VAR_DIR=/var/lib/weibao PYTHONUNBUFFERED=1
RUN mkdir -p /var/lib/weibao/media && chown -R weibao /var/lib/weibao \
    && python manage.py messages compile \
    && DEMO=1 python manage.py collectstatic --no-input -v 0
USER weibao
