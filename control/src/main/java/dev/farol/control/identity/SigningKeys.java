package dev.farol.control.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.ExclusiveFile;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private keys that tokens are signed with, in one file that only their owner can read. Each is
 * made a while before it signs, so that whoever checks tokens has heard of it by then; a key that
 * was replaced verifies until the last token it signed has expired. Thread-safe.
 */
final class SigningKeys {
    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

    private static final Duration ANNOUNCED = Duration.ofHours(1);

    private final Path file;
    private final InstantSource clock;
    private final Duration rotateAfter;
    private final Duration tokenLife;

    /** Newest first, never empty after {@link #open}. */
    private volatile List<JWK> keys;

    /** Which version of the file was read last. */
    private @Nullable String read;

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
        var opened =
                new SigningKeys(
                        folder.resolve("keys.json"), clock, rotateAfter, tokenLife, List.of());
        opened.reload();
        opened.current();
        return opened;
    }

    /** The key to sign with; makes the next one when this one's time is nearly over. */
    JWK current() {
        List<JWK> present = keys;
        Instant now = clock.instant();
        return (due(present) ? rotate() : present)
                .stream().filter(key -> !issued(key).isAfter(now)).findFirst().orElseThrow();
    }

    /** All keys that verify, those that will sign included. */
    List<JWK> known() {
        JWK _ = current();
        // Another process on this home may have made a newer one.
        reload();
        return verifying();
    }

    /** The key of that id, if a token that it signed may still be valid. */
    Optional<JWK> find(String id) {
        Optional<JWK> known = named(id);
        if (known.isPresent()) {
            return known;
        }
        // Another process on this home may have made a newer one.
        reload();
        return named(id);
    }

    private Optional<JWK> named(String id) {
        return verifying().stream().filter(key -> key.getKeyID().equals(id)).findFirst();
    }

    /** All keys that verify, without their private parts, as JSON. */
    String published() {
        return new JWKSet(verifying()).toPublicJWKSet().toString();
    }

    /**
     * The newest, and those whose last token has not ended: a key signed until the next one was
     * made.
     */
    private List<JWK> verifying() {
        return verifying(keys, clock.instant());
    }

    private List<JWK> verifying(List<JWK> all, Instant now) {
        var alive = new ArrayList<JWK>();
        @Nullable Instant replaced = null;
        for (JWK key : all) {
            if (replaced == null || replaced.plus(tokenLife).plus(Tokens.SKEW).isAfter(now)) {
                alive.add(key);
            }
            replaced = issued(key);
        }
        return alive;
    }

    /** Several processes may be here at once: the first makes the key, the others find it. */
    private List<JWK> rotate() {
        try {
            return ExclusiveFile.holding(
                    file.resolveSibling("keys.lock"),
                    () -> {
                        reload();
                        return due(keys) ? replace() : keys;
                    });
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private List<JWK> replace() throws IOException {
        Instant now = clock.instant();
        Instant end = keys.isEmpty() ? now : issued(keys.getFirst()).plus(rotateAfter);
        Instant start = end.isAfter(now) ? end : now;
        var next = new ArrayList<JWK>();
        next.add(generate(start));
        next.addAll(keys);
        List<JWK> kept = List.copyOf(verifying(next, now));
        AtomicFile.writePrivate(
                file, new JWKSet(kept).toString(false).getBytes(StandardCharsets.UTF_8));
        keys = kept;
        log.info("The key {} signs tokens from {}", kept.getFirst().getKeyID(), start);
        return kept;
    }

    /** Reads the file again if it is another one than the last time. */
    private synchronized void reload() {
        try {
            var facts = Files.readAttributes(file, BasicFileAttributes.class);
            String version = facts.lastModifiedTime() + " " + facts.size() + " " + facts.fileKey();
            if (!version.equals(read)) {
                keys = newestFirst(JWKSet.parse(Files.readString(file)).getKeys());
                read = version;
            }
        } catch (NoSuchFileException none) {
            return; // the first to sign makes it
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

    private boolean due(List<JWK> present) {
        if (present.isEmpty()) {
            return true;
        }
        Duration tenth = rotateAfter.dividedBy(10);
        Duration before = tenth.compareTo(ANNOUNCED) < 0 ? tenth : ANNOUNCED;
        return !issued(present.getFirst()).plus(rotateAfter).minus(before).isAfter(clock.instant());
    }

    private static JWK generate(Instant start) {
        try {
            ECKey key =
                    new ECKeyGenerator(Curve.P_256)
                            .keyID(UUID.randomUUID().toString())
                            .keyUse(KeyUse.SIGNATURE)
                            .issueTime(Date.from(start))
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
