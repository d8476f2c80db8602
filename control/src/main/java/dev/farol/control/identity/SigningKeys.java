package dev.farol.control.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.farol.kit.AtomicFile;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private keys that tokens are signed with, in one file that only their owner can read. The
 * newest signs; the older ones verify until the last token they signed has expired. Thread-safe.
 */
final class SigningKeys {
    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

    private final Path file;
    private final InstantSource clock;
    private final Duration rotateAfter;
    private final Duration tokenLife;

    /** Newest first, never empty after {@link #open}. */
    private volatile List<JWK> keys;

    private SigningKeys(
            Path file,
            InstantSource clock,
            Duration rotateAfter,
            Duration tokenLife,
            List<JWK> keys) {
        this.file = file;
        this.clock = clock;
        this.rotateAfter = rotateAfter;
        this.tokenLife = tokenLife;
        this.keys = keys;
    }

    static SigningKeys open(
            Path folder, InstantSource clock, Duration rotateAfter, Duration tokenLife) {
        Path file = folder.resolve("keys.json");
        try {
            List<JWK> keys =
                    Files.exists(file)
                            ? newestFirst(JWKSet.parse(Files.readString(file)).getKeys())
                            : List.of();
            var opened = new SigningKeys(file, clock, rotateAfter, tokenLife, keys);
            opened.current();
            return opened;
        } catch (ParseException malformed) {
            throw new FarolException(
                    ErrorCode.INTERNAL,
                    file
                            + " is not a set of keys (expected: what Farol wrote). Remove it to sign"
                            + " with new keys; tokens signed before are then refused.");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The key to sign with; a new one when the newest has served its time. */
    JWK current() {
        List<JWK> present = keys;
        return due(present) ? rotate() : present.getFirst();
    }

    /** The key of that id, if a token that it signed may still be valid. */
    Optional<JWK> find(String id) {
        return keys.stream().filter(key -> key.getKeyID().equals(id)).findFirst();
    }

    /** All keys that verify, without their private parts, as JSON. */
    String published() {
        return new JWKSet(keys).toPublicJWKSet().toString();
    }

    private synchronized JWK rotate() {
        List<JWK> present = keys;
        if (!due(present)) {
            return present.getFirst();
        }
        Instant now = clock.instant();
        var next = new ArrayList<JWK>();
        next.add(generate(now));
        Instant newer = now;
        for (JWK key : present) {
            // The key signed until the next one was made; its last token lives one token life more.
            if (newer.plus(tokenLife).isAfter(now)) {
                next.add(key);
            }
            newer = issued(key);
        }
        try {
            AtomicFile.writePrivate(
                    file, new JWKSet(next).toString(false).getBytes(StandardCharsets.UTF_8));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        keys = List.copyOf(next);
        log.info("Signing tokens with a new key {}", next.getFirst().getKeyID());
        return next.getFirst();
    }

    private boolean due(List<JWK> present) {
        return present.isEmpty()
                || !issued(present.getFirst()).plus(rotateAfter).isAfter(clock.instant());
    }

    private static JWK generate(Instant now) {
        try {
            ECKey key =
                    new ECKeyGenerator(Curve.P_256)
                            .keyID(UUID.randomUUID().toString())
                            .keyUse(KeyUse.SIGNATURE)
                            .issueTime(Date.from(now))
                            .generate();
            return key;
        } catch (JOSEException impossible) {
            throw new IllegalStateException("This JVM has no P-256", impossible);
        }
    }

    private static List<JWK> newestFirst(List<JWK> keys) {
        return keys.stream().sorted(Comparator.comparing(SigningKeys::issued).reversed()).toList();
    }

    private static Instant issued(JWK key) {
        Date time = key.getIssueTime();
        return time == null ? Instant.EPOCH : time.toInstant();
    }
}
