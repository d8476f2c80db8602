package dev.farol.control;

import dev.farol.control.ServicePrincipal.FederatedCredential;
import dev.farol.control.ServicePrincipal.StoredSecret;
import dev.farol.control.access.Access;
import dev.farol.kit.SharedDocument;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

    private final SharedDocument<Content> document;
    private final Access access;
    private final InstantSource clock;

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

    private ServicePrincipals(Path folder, InstantSource clock) {
        this.document =
                new SharedDocument<>(
                        folder.resolve("principals.json"), Content.class, new Content(List.of()));
        this.access = Access.open(folder, clock);
        this.clock = clock;
    }

    /**
     * @param folder {@code <home>/identity}
     */
    public static ServicePrincipals open(Path folder, InstantSource clock) {
        return new ServicePrincipals(folder, clock);
    }

    public List<ServicePrincipal> list() {
        try {
            return document.get().principals();
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

    /**
     * @throws FarolException {@code ResourceNotFound} for a role that there is not
     */
    public void requireRole(String role) {
        var unused = access.named(role);
    }

    /** The object id of a principal that is named by its name, client id or object id. */
    public Optional<String> idOf(String which) {
        return list().stream()
                .filter(each -> each.called(which))
                .findFirst()
                .map(ServicePrincipal::id);
    }

    /**
     * Gives a principal a role.
     *
     * @param which a name, a client id or an object id
     * @param role its name or its id
     * @param scope {@code /} or the id of a subscription, group or resource
     */
    public void assign(String which, String role, String scope) {
        if (!scope.startsWith("/")) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + scope + "' is no scope (expected: / or /subscriptions/…)");
        }
        ServicePrincipal principal = named(list(), which);
        access.grant(principal.id(), "ServicePrincipal", role, scope, principal.name());
    }

    /** Takes its roles away too. */
    public void delete(String which) {
        access.forgetPrincipal(named(list(), which).id());
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
            return document.change(
                            before -> new Content(List.copyOf(edit.apply(before.principals()))))
                    .principals();
        } catch (IOException unwritable) {
            throw unusable(unwritable);
        }
    }

    private static ServicePrincipal named(List<ServicePrincipal> all, String which) {
        return all.stream()
                .filter(each -> each.called(which))
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
