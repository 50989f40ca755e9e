# Murmur in a container: docker build -t murmur . && docker run --init --env-file .env -p 3000:3000 -v murmur-data:/data murmur
#
# Debian's slim image and not Alpine: it is the C library that the tests run on. Nothing is compiled, so no tools are needed.
ARG NODE=node:24-slim

FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The only optional package is Node itself, which the image has. Type declarations and source maps are more than half of what is left.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete

FROM ${NODE}
ENV NODE_ENV=production \
    MURMUR_DATA_DIR=/data \
    PORT=3000
WORKDIR /app
# Code and dependencies belong to root, so the process cannot change what it runs; only /data is its own.
RUN install -d -o node -g node -m 0700 /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY config ./config
COPY src ./src
USER node
VOLUME /data
EXPOSE 3000
# SIGTERM lets runs in flight come to a safe point; what is left goes on after the next start.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/app/main.ts"]
