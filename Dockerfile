# Stage 1 builds a virtual environment from the pinned versions; stage 2 holds only that and the configuration.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/alerter && /opt/alerter/bin/pip install --require-hashes -r requirements.lock
COPY alerter alerter
RUN /opt/alerter/bin/pip install --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="alerter" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin alerter
COPY --from=build /opt/alerter /opt/alerter
WORKDIR /app
COPY config config
ENV PATH=/opt/alerter/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ALERTER_HTTP__HOST=0.0.0.0
USER 10001
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["alerter"]
CMD ["run", "--config", "config"]
