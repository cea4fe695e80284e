# syntax=docker/dockerfile:1
# Parley in a container: docs/operating.md says how to run it.

FROM node:24.21.0-bookworm-slim AS build
# Without a fetched binary the sqlite3 package is compiled; ffmpeg here spares ffmpeg-static its download.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/parley
COPY . .
# Only what the bot needs. The pinned Node is needed for its headers; the image brings the same version itself.
RUN npx --yes pnpm@12.21.0 install --prod --frozen-lockfile --filter "@parley/bot..." \
  && rm -rf node_modules/node-linux-* node_modules/.pnpm/node-linux-*
RUN node packages/web/build/build.ts

FROM node:24.21.0-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 0700 /var/lib/parley
WORKDIR /opt/parley
COPY --from=build /opt/parley /opt/parley
ENV NODE_ENV=production \
  FFMPEG_PATH=/usr/bin/ffmpeg \
  PARLEY_DATA_DIR=/var/lib/parley/data \
  PARLEY_RECORDINGS_DIR=/var/lib/parley/recordings \
  PARLEY_HTTP_HOST=0.0.0.0 \
  PARLEY_HTTP_PORT=8787
VOLUME ["/var/lib/parley"]
EXPOSE 8787
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PARLEY_HTTP_PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "packages/bot/src/main.ts"]
