package dev.farol.kit.certificate;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A certificate of a server, as files.
 *
 * @param chain PEM: the server's, then the authority's
 * @param key PEM, PKCS#8; only its owner can read it
 */
public record ServerCertificate(Path chain, Path key, Instant expires) {}
