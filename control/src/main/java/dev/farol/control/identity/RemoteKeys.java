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
 * key ids must not make us a source of load. Who needs a key that is there does not wait for one
 * that is not; who waits, waits for the one fetch that there is. Thread-safe.
 */
final class RemoteKeys implements JWKSource<SecurityContext> {
    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);

    /**
     * After this the keys are good for nothing before the issuer was asked again, as it may have
     * taken one back; unless it does not answer.
     */
    static final Duration KEPT = Duration.ofHours(1);

    /** After this the keys are fetched again in the background, by whoever comes. */
    static final Duration REFRESHED = Duration.ofMinutes(5);

    /** How long an issuer that did not answer, or did not know a key, is left alone. */
    static final Duration PAUSE = Duration.ofSeconds(30);

    private final String issuer;
    private final Documents documents;
    private final InstantSource clock;

    /** The keys and when they were fetched; null before that. */
    private volatile @Nullable Held held;

    private volatile @Nullable Instant asked;
    private volatile @Nullable String trouble;
    private final AtomicBoolean asking = new AtomicBoolean();

    RemoteKeys(String issuer, Documents documents, InstantSource clock) {
        this.issuer = issuer;
        this.documents = documents;
        this.clock = clock;
    }

    /**
     * @param open the keys without what is secret of them
     */
    private record Held(JWKSet keys, List<JWK> open, Instant fetched) {
        boolean olderThan(Duration age, Instant now) {
            return !fetched.plus(age).isAfter(now);
        }
    }

    /** Where JSON documents come from. */
    @FunctionalInterface
    interface Documents {
        String get(String url) throws IOException;
    }

    @Override
    public List<JWK> get(JWKSelector wanted, @Nullable SecurityContext context) {
        Instant now = clock.instant();
        Held known = held;
        if (known != null && serves(known, wanted, now)) {
            if (known.olderThan(REFRESHED, now)) {
                askAgain();
            }
            return wanted.select(known.keys());
        }
        Held found = fetched(wanted);
        if (found == null) {
            throw new FarolException(
                    ErrorCode.UNAVAILABLE,
                    "The keys of the token issuer " + issuer + " cannot be had: " + trouble);
        }
        return wanted.select(found.keys());
    }

    private boolean serves(Held known, JWKSelector wanted, Instant now) {
        boolean good = !known.olderThan(KEPT, now) || away(now);
        return good && !wanted.select(known.keys()).isEmpty();
    }

    /** Whether the issuer was asked of late, and did not answer. */
    private boolean away(Instant now) {
        Instant last = asked;
        return trouble != null && last != null && last.plus(REFRESHED).isAfter(now);
    }

    /** Who waited while another fetched finds here what that brought. */
    private synchronized @Nullable Held fetched(JWKSelector wanted) {
        Instant now = clock.instant();
        Held known = held;
        if ((known == null || !serves(known, wanted, now)) && mayAsk(now)) {
            fetch(now);
        }
        return held;
    }

    /**
     * What is known now, without waiting; what is old, or was never fetched, is asked for in the
     * background.
     */
    List<JWK> known() {
        Held known = held;
        if (known == null || known.olderThan(REFRESHED, clock.instant())) {
            askAgain();
        }
        return known == null ? List.of() : known.open();
    }

    /** Fetches the keys in the background, unless that was done a moment ago. */
    void askAgain() {
        if (mayAsk(clock.instant()) && asking.compareAndSet(false, true)) {
            Thread unused = Thread.ofVirtual().name("keys of " + issuer).start(this::refresh);
        }
    }

    private void refresh() {
        try {
            synchronized (this) {
                Instant now = clock.instant();
                if (mayAsk(now)) {
                    fetch(now);
                }
            }
        } finally {
            asking.set(false);
        }
    }

    private boolean mayAsk(Instant now) {
        Instant last = asked;
        return last == null || !last.plus(PAUSE).isAfter(now);
    }

    /** Keys that are there stay when the issuer does not answer. */
    private void fetch(Instant now) {
        asked = now;
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
            JWKSet keys = JWKSet.parse(documents.get(url));
            held = new Held(keys, keys.toPublicJWKSet().getKeys(), now);
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
