package dev.farol.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeysIT {
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration TOKEN = Duration.ofHours(8);

    @TempDir Path folder;
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-03-01T10:00:00Z"));

    @Test
    void allWhoStartAtOnceSignWithOneKeyAndShareOneSecret() throws Exception {
        Set<String> seen = new HashSet<>();
        Callable<String> start =
                () -> {
                    IdentitySecret.open(folder);
                    return open().current().getKeyID();
                };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(Collections.nCopies(12, start))) {
                seen.add(each.get());
            }
        }

        assertThat(seen).hasSize(1);
    }

    @Test
    void whatOneRotatesTheOtherFinds() {
        SigningKeys one = open();
        SigningKeys other = open();
        now.set(now.get().plus(MONTH));

        JWK fresh = one.current();

        assertThat(other.find(fresh.getKeyID())).isPresent();
        assertThat(other.current().getKeyID()).isEqualTo(fresh.getKeyID());
        assertThat(other.find("made-up")).isEmpty();
    }

    @Test
    void anOldKeyVerifiesUntilItsLastTokenHasEnded() throws Exception {
        SigningKeys keys = open();
        String old = keys.current().getKeyID();
        now.set(now.get().plus(MONTH));
        keys.current();

        now.set(now.get().plus(TOKEN));
        assertThat(keys.find(old)).isPresent();
        assertThat(JWKSet.parse(keys.published()).getKeys()).hasSize(2);

        now.set(now.get().plus(Tokens.SKEW));
        assertThat(keys.find(old)).isEmpty();
        assertThat(JWKSet.parse(keys.published()).getKeys()).hasSize(1);
    }

    @Test
    void aKeyIsKnownBeforeItSigns() {
        SigningKeys signs = open();
        SigningKeys checks = open();
        String old = signs.current().getKeyID();

        now.set(now.get().plus(MONTH).minus(Duration.ofMinutes(30)));
        assertThat(checks.known()).hasSize(2);
        assertThat(signs.current().getKeyID()).isEqualTo(old);

        now.set(now.get().plus(Duration.ofMinutes(30)));
        String fresh = signs.current().getKeyID();
        assertThat(fresh).isNotEqualTo(old);
        assertThat(checks.known()).extracting(JWK::getKeyID).containsExactly(fresh, old);
    }

    private SigningKeys open() {
        return SigningKeys.open(folder, now::get, MONTH, TOKEN);
    }
}
