# Mehari with everything it needs: docker build -t mehari . && docker run -p 8080:8080 -v mehari:/data mehari
# With MEHARI_DB_URL it uses a PostgreSQL of yours, else one of its own in /data. See docs/deploy.md.

FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /build
# A layer of its own, so that only a change of pom.xml fetches libraries again.
COPY pom.xml ./
COPY .mvn .mvn
RUN mvn -B -q dependency:go-offline
COPY processors processors
COPY routes routes
COPY src/main src/main
RUN mvn -B -q package -Dmaven.test.skip=true -Dspotless.check.skip=true

FROM eclipse-temurin:21.0.8_9-jre-noble
LABEL org.opencontainers.image.title="Mehari" \
      org.opencontainers.image.description="A relay gateway for shared LLM and HTTP APIs" \
      org.opencontainers.image.licenses="Apache-2.0"
# PostgreSQL wants to find its user by name, and refuses to be root.
RUN groupadd --system --gid 10001 mehari \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin mehari \
    && install -d -o mehari -g mehari -m 0700 /data \
    && install -d /opt/mehari \
    && ln -s /data /opt/mehari/data
COPY --from=build /build/target/lib /opt/mehari/lib
COPY --from=build /build/target/mehari.jar /opt/mehari/mehari.jar
COPY routes /opt/mehari/routes
COPY config/application.properties /opt/mehari/config/application.properties
COPY deploy/mehari /usr/local/bin/mehari
COPY LICENSE /opt/mehari/LICENSE

ENV MEHARI_DATA_DIR=/data \
    MEHARI_ADMIN_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
# Each starts a JVM for most of a second, so seldom once it is up. --start-interval needs Docker 25.
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s --start-interval=3s --retries=3 CMD ["mehari", "health"]
ENTRYPOINT ["mehari"]
CMD ["run"]
