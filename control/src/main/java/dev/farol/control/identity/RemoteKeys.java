package dev.farol.control.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The public keys of another issuer, found through its discovery document and kept. A key that is
 * not among them is asked for again, but not more often than once in a while: tokens with invented
 * key ids must not make us a source of load. Thread-safe.
 */
final class RemoteKeys implements JWKSource<SecurityContext> {
    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);

    /** After this the keys are fetched again even if all that is asked for is there. */
    static final Duration KEPT = Duration.ofHours(1);

    /** How often keys that the data plane holds are fetched, so that it hears of new ones. */
    static final Duration REFRESHED = Duration.ofMinutes(5);

    /** How long an issuer that did not answer, or did not know a key, is left alone. */
    static final Duration PAUSE = Duration.ofSeconds(30);

    private final String issuer;
    private final Documents documents;
    private final InstantSource clock;

    private JWKSet keys = new JWKSet();
    private @Nullable Instant fetched;
    private @Nullable Instant asked;

    /** What {@link #known} answers, and when it was looked at last; read without the lock. */
    private volatile List<JWK> open = List.of();

    private volatile @Nullable Instant published;
    private final AtomicBoolean asking = new AtomicBoolean();
    private @Nullable String trouble;

    RemoteKeys(String issuer, Documents documents, InstantSource clock) {
        this.issuer = issuer;
        this.documents = documents;
        this.clock = clock;
    }

    /** Where JSON documents come from. */
    @FunctionalInterface
    interface Documents {
        String get(String url) throws IOException;
    }

    @Override
    public synchronized List<JWK> get(JWKSelector wanted, @Nullable SecurityContext context) {
        Instant now = clock.instant();
        boolean old = fetched == null || !fetched.plus(KEPT).isAfter(now);
        if ((old || wanted.select(keys).isEmpty()) && mayAsk(now)) {
            asked = now;
            fetch(now);
        }
        if (fetched == null) {
            throw new FarolException(
                    ErrorCode.UNAVAILABLE,
                    "The keys of the token issuer " + issuer + " cannot be had: " + trouble);
        }
        return wanted.select(keys);
    }

    /**
     * What is known now, without waiting; what is old, or was never fetched, is asked for in the
     * background.
     */
    List<JWK> known() {
        Instant last = published;
        Instant now = clock.instant();
        if (last == null || !last.plus(REFRESHED).isAfter(now)) {
            askAgain();
        }
        return open;
    }

    /** Fetches the keys in the background, unless that was done a moment ago. */
    void askAgain() {
        if (asking.compareAndSet(false, true)) {
            Thread unused = Thread.ofVirtual().name("keys of " + issuer).start(this::refresh);
        }
    }

    private void refresh() {
        try {
            synchronized (this) {
                Instant now = clock.instant();
                if (mayAsk(now)) {
                    asked = now;
                    fetch(now);
                    published = fetched;
                }
            }
        } finally {
            asking.set(false);
        }
    }

    private boolean mayAsk(Instant now) {
        return asked == null || !asked.plus(PAUSE).isAfter(now);
    }

    /** Keys that are there stay when the issuer does not answer. */
    private void fetch(Instant now) {
        try {
            String base = issuer.endsWith("/") ? issuer : issuer + "/";
            var discovery =
                    Json.TOLERANT.readTree(
                            documents.get(base + ".well-known/openid-configuration"));
            String says = discovery.path("issuer").asString("");
            if (!says.equals(issuer)) {
                throw new IOException("its discovery document says it is '" + says + "'");
            }
            String url = discovery.path("jwks_uri").asString("");
            TrustedIssuer.requireIssuer(url);
            keys = JWKSet.parse(documents.get(url));
            open = keys.toPublicJWKSet().getKeys();
            fetched = now;
            trouble = null;
        } catch (IOException
                | ParseException
                | JacksonException
                | IllegalArgumentException failed) {
            trouble = failed.getMessage();
            log.warn("The keys of the token issuer {} cannot be had: {}", issuer, trouble);
        }
    }
}
