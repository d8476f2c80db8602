package dev.farol.spec.canary;

import java.util.List;

/**
 * Breaks the rules that keep a library in its room, all at once and on purpose; RoomsTest must
 * catch each.
 */
final class UsesForeignLibraries {
    final List<Class<?>> forbidden =
            List.of(
                    org.bouncycastle.cert.X509CertificateHolder.class,
                    io.vertx.core.Vertx.class,
                    io.netty.buffer.ByteBuf.class,
                    java.net.http.HttpClient.class,
                    org.flywaydb.core.Flyway.class,
                    com.zaxxer.hikari.HikariDataSource.class,
                    org.postgresql.Driver.class,
                    org.apache.opendal.Operator.class,
                    java.sql.Connection.class,
                    com.nimbusds.jwt.JWT.class,
                    io.burt.jmespath.JmesPath.class,
                    ai.onnxruntime.OrtEnvironment.class);
}
