package dev.farol.control;

import dev.farol.control.ServicePrincipal.FederatedCredential;
import dev.farol.control.ServicePrincipal.StoredSecret;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.ExclusiveFile;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The service principals of a home, in one file that only its owner can read. The server and the
 * command line open it side by side: a change is one whole file, made under a lock, and seen by the
 * other at its next look. Thread-safe.
 */
public final class ServicePrincipals {
    /** What Azure's clients put into the assertions they exchange. */
    public static final String USUAL_AUDIENCE = "api://AzureADTokenExchange";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{0,119}");
    private static final int SECRET_BYTES = 32;
    private static final int HINT = 3;

    private final Path file;
    private final InstantSource clock;
    private volatile @Nullable Seen seen;

    /** The content of the file as it was at a look. */
    private record Seen(String version, List<ServicePrincipal> principals) {}

    /** The file's content. */
    private record Content(List<ServicePrincipal> principals) {}

    /** A principal and the secret that nobody can be told again. */
    public record WithSecret(ServicePrincipal principal, String secret) {}

    /** What a secret is worth. */
    public enum Verdict {
        GOOD,
        WRONG,
        EXPIRED
    }

    private ServicePrincipals(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * @param folder {@code <home>/identity}
     */
    public static ServicePrincipals open(Path folder, InstantSource clock) {
        return new ServicePrincipals(folder.resolve("principals.json"), clock);
    }

    public List<ServicePrincipal> list() {
        try {
            String version = version();
            Seen last = seen;
            if (last == null || !last.version().equals(version)) {
                last = new Seen(version, read());
                seen = last;
            }
            return last.principals();
        } catch (IOException unreadable) {
            throw unusable(unreadable);
        }
    }

    public Optional<ServicePrincipal> ofClient(String clientId) {
        return list().stream().filter(each -> each.clientId().equals(clientId)).findFirst();
    }

    public boolean exists(String id) {
        return list().stream().anyMatch(each -> each.id().equals(id));
    }

    /**
     * @throws FarolException when the name is taken or is none
     */
    public WithSecret create(String name, Duration secretLife) {
        if (!NAME.matcher(name).matches()) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'"
                            + name
                            + "' is no name (expected: 1 to 120 letters, digits, spaces, '.', '_',"
                            + " '-', a letter or digit first)");
        }
        String secret = newSecret();
        var made =
                new ServicePrincipal(
                        UUID.randomUUID().toString(),
                        UUID.randomUUID().toString(),
                        name,
                        clock.instant(),
                        List.of(stored(secret, secretLife)),
                        List.of());
        change(
                before -> {
                    if (before.stream().anyMatch(each -> each.name().equals(name))) {
                        throw new FarolException(
                                ErrorCode.CONFLICT,
                                "A service principal '" + name + "' is there already");
                    }
                    var after = new ArrayList<>(before);
                    after.add(made);
                    return after;
                });
        return new WithSecret(made, secret);
    }

    /**
     * A new secret in place of all others; {@code which} is a name, a client id or an object id.
     */
    public WithSecret resetSecret(String which, Duration secretLife) {
        String secret = newSecret();
        StoredSecret kept = stored(secret, secretLife);
        return new WithSecret(
                changeOne(which, principal -> principal.withSecrets(List.of(kept))), secret);
    }

    public ServicePrincipal addFederatedCredential(String which, FederatedCredential credential) {
        return changeOne(
                which,
                principal -> {
                    var all = new ArrayList<>(principal.federatedCredentials());
                    if (!all.contains(credential)) {
                        all.add(credential);
                    }
                    return principal.withFederatedCredentials(all);
                });
    }

    public void delete(String which) {
        change(
                before -> {
                    ServicePrincipal gone = named(before, which);
                    return before.stream().filter(each -> !each.equals(gone)).toList();
                });
    }

    /** Compares in constant time. */
    public Verdict check(ServicePrincipal principal, String secret) {
        byte[] given = sha256(secret).getBytes(StandardCharsets.US_ASCII);
        for (StoredSecret kept : principal.secrets()) {
            if (MessageDigest.isEqual(kept.sha256().getBytes(StandardCharsets.US_ASCII), given)) {
                return kept.expires().isAfter(clock.instant()) ? Verdict.GOOD : Verdict.EXPIRED;
            }
        }
        return Verdict.WRONG;
    }

    private ServicePrincipal changeOne(String which, UnaryOperator<ServicePrincipal> edit) {
        List<ServicePrincipal> after =
                change(
                        before -> {
                            ServicePrincipal old = named(before, which);
                            return before.stream()
                                    .map(each -> each.equals(old) ? edit.apply(each) : each)
                                    .toList();
                        });
        return named(after, which);
    }

    private List<ServicePrincipal> change(UnaryOperator<List<ServicePrincipal>> edit) {
        try {
            return ExclusiveFile.holding(
                    file.resolveSibling("principals.lock"),
                    () -> {
                        var after = List.copyOf(edit.apply(read()));
                        byte[] text =
                                Json.STRICT
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValueAsBytes(new Content(after));
                        AtomicFile.writePrivate(file, text);
                        return after;
                    });
        } catch (IOException unwritable) {
            throw unusable(unwritable);
        }
    }

    private static ServicePrincipal named(List<ServicePrincipal> all, String which) {
        return all.stream()
                .filter(
                        each ->
                                each.name().equals(which)
                                        || each.clientId().equals(which)
                                        || each.id().equals(which))
                .findFirst()
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no service principal '"
                                                + which
                                                + "' (expected: a name, client id or object id"
                                                + " that `farol service-principal list` shows)"));
    }

    private List<ServicePrincipal> read() throws IOException {
        try {
            return Json.TOLERANT.readValue(Files.readString(file), Content.class).principals();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (JacksonException malformed) {
            throw new IOException(file + " is not what Farol wrote", malformed);
        }
    }

    private String version() throws IOException {
        try {
            var facts = Files.readAttributes(file, BasicFileAttributes.class);
            return facts.lastModifiedTime() + " " + facts.size() + " " + facts.fileKey();
        } catch (NoSuchFileException none) {
            return "none";
        }
    }

    private StoredSecret stored(String secret, Duration life) {
        Instant now = clock.instant();
        return new StoredSecret(sha256(secret), secret.substring(0, HINT), now, now.plus(life));
    }

    private static String newSecret() {
        var random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static String sha256(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }

    private FarolException unusable(IOException fault) {
        return new FarolException(
                Problem.of(
                        ErrorCode.INTERNAL,
                        "The service principals cannot be read or written: " + fault.getMessage()),
                fault);
    }
}
