package dev.farol.control.identity;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom an issuer keeps waiting that does not answer. */
@Timeout(30)
class RemoteKeysTest {
    private static final String ISSUER = "https://idp.example";
    private static final ECKey FIRST = key("first");
    private static final ECKey SECOND = key("second");

    private volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");
    private volatile ECKey published = FIRST;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean away;
    private final AtomicInteger asked = new AtomicInteger();
    private final RemoteKeys keys = new RemoteKeys(ISSUER, this::document, () -> now);

    private String document(String url) throws IOException {
        if (url.endsWith("/keys")) {
            return new JWKSet(published).toString();
        }
        asked.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
        if (away) {
            throw new IOException("it is away");
        }
        return "{\"issuer\":\"" + ISSUER + "\",\"jwks_uri\":\"" + ISSUER + "/keys\"}";
    }

    private List<String> named(String id) {
        var wanted = new JWKSelector(new JWKMatcher.Builder().keyID(id).build());
        return keys.get(wanted, null).stream().map(JWK::getKeyID).toList();
    }

    private CompletableFuture<List<String>> asking(String id) {
        return CompletableFuture.supplyAsync(() -> named(id), Thread::startVirtualThread);
    }

    @Test
    void aKnownKeyPassesWhileAnUnknownOneIsAskedFor() throws Exception {
        assertThat(named("first")).containsExactly("first");
        now = now.plusSeconds(31);
        gate = new CountDownLatch(1);
        published = SECOND;

        var one = asking("second");
        eventually("the issuer is asked", () -> asked.get() == 2);
        var other = asking("second");
        assertThat(asking("first").get(5, TimeUnit.SECONDS)).containsExactly("first");
        assertThat(one).isNotDone();
        gate.countDown();

        assertThat(one.get(5, TimeUnit.SECONDS)).containsExactly("second");
        assertThat(other.get(5, TimeUnit.SECONDS)).containsExactly("second");
        assertThat(asked).as("one fetch at a time, for all who wait").hasValue(2);
    }

    @Test
    void keysAreFetchedAgainBehindThoseThatPass() throws Exception {
        assertThat(named("first")).containsExactly("first");
        now = now.plus(RemoteKeys.REFRESHED);
        gate = new CountDownLatch(1);
        published = SECOND;

        assertThat(asking("first").get(5, TimeUnit.SECONDS)).containsExactly("first");
        eventually("the issuer is asked", () -> asked.get() == 2);
        assertThat(asking("first").get(5, TimeUnit.SECONDS)).containsExactly("first");
        gate.countDown();

        eventually("what is gone there is gone here", () -> named("first").isEmpty());
        assertThat(asked).hasValue(2);
    }

    /** Where nobody came for long, a key that the issuer took back is not good once more. */
    @Test
    void oldKeysAreNotTakenBeforeTheIssuerWasAsked() {
        assertThat(named("first")).containsExactly("first");
        now = now.plus(RemoteKeys.KEPT);
        published = SECOND;

        assertThat(named("first")).isEmpty();
        assertThat(named("second")).containsExactly("second");
        assertThat(asked).hasValue(2);
    }

    @Test
    void oldKeysStayGoodAndWaitForNobodyWhileTheIssuerIsAway() throws Exception {
        assertThat(named("first")).containsExactly("first");
        now = now.plus(RemoteKeys.KEPT);
        away = true;
        assertThat(named("first")).containsExactly("first");
        assertThat(asked).hasValue(2);

        now = now.plus(RemoteKeys.PAUSE);
        gate = new CountDownLatch(1);
        assertThat(asking("first").get(5, TimeUnit.SECONDS)).containsExactly("first");
        eventually("the issuer is asked again", () -> asked.get() == 3);
        assertThat(asking("first").get(5, TimeUnit.SECONDS)).containsExactly("first");
        published = SECOND;
        away = false;
        gate.countDown();
        eventually("the new keys are there", () -> named("first").isEmpty());
        assertThat(asked).hasValue(3);
    }

    private static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate().toPublicJWK();
        } catch (JOSEException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
