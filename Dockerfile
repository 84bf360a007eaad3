# syntax=docker/dockerfile:1

# The server as a small image. By default it keeps an embedded database in the volume /data:
#   docker build --tag hexroom . && docker run --publish 127.0.0.1:8080:8080 --volume hexroom:/data hexroom
FROM rust:1.95-slim-trixie AS build
WORKDIR /source
COPY . .
# Cached between builds: what cargo downloaded and what it compiled.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --profile dist --locked --package server --bin hexroom \
    && cp target/dist/hexroom /hexroom

FROM debian:trixie-slim
RUN groupadd --system --gid 10001 hexroom \
    && useradd --system --uid 10001 --gid hexroom --no-create-home --home-dir /data --shell /usr/sbin/nologin hexroom \
    && install --directory --owner=hexroom --group=hexroom --mode=0700 /data
COPY --from=build /hexroom /usr/local/bin/hexroom
USER 10001:10001
WORKDIR /data
ENV LISTEN=0.0.0.0:8080 DATA_DIR=/data
EXPOSE 8080
# Alive, not ready: a short outage of the database is no reason to restart the server.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["bash", "-c", "\
    exec 3<> /dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 \
    && read -r _ status _ <&3 && [[ $status == 200 ]]"]
ENTRYPOINT ["hexroom"]
