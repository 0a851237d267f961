# extracts in a container for linux/amd64: docs/platforms.md says how to build and run it.
FROM node:24-slim

# tini forwards signals and collects processes that have ended; Node.js as the first process would not.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/*

# The package, and nothing else of the repository: `npm run package` writes it.
COPY extracts-*.tgz /tmp/

# npm takes the engine with it, because this is Node.js 24 on Linux x64.
RUN npm install --global --no-audit --no-fund --cache /tmp/npm /tmp/extracts-*.tgz \
 && rm -rf /tmp/npm /tmp/extracts-*.tgz

# The folder of the project is mounted here.
WORKDIR /work
USER node
ENTRYPOINT ["tini", "--", "extracts"]
