package dev.farol.control.identity;

import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A token issuer of someone else whose tokens are good here.
 *
 * @param issuer what its tokens say in {@code iss}; its discovery document is below it
 * @param audiences what its tokens must be for, one of them
 * @param algorithms how its tokens may be signed; RS256 and ES256 when nothing is said
 * @param principalClaim the claim that names the caller; {@code sub} when nothing is said
 * @param groupsClaim the claim that lists the groups of the caller; {@code groups} when nothing is
 *     said
 * @param ca PEM certificates that are trusted beside the system's when its keys are fetched
 */
public record TrustedIssuer(
        String issuer,
        Set<String> audiences,
        @Nullable Set<String> algorithms,
        @Nullable String principalClaim,
        @Nullable String groupsClaim,
        @Nullable Path ca) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** The signatures with a public key; one with a shared secret could be made by anyone. */
    private static final Set<JWSAlgorithm> POSSIBLE =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    private static final Set<String> USUAL = Set.of("RS256", "ES256");

    public TrustedIssuer {
        requireIssuer(issuer);
        audiences = Set.copyOf(audiences);
        if (audiences.isEmpty()) {
            throw new IllegalArgumentException(
                    "audiences: expected what the tokens of " + issuer + " are for");
        }
        if (algorithms != null) {
            algorithms = Set.copyOf(algorithms);
            for (String name : algorithms) {
                if (!POSSIBLE.contains(new JWSAlgorithm(name))) {
                    throw new IllegalArgumentException(
                            "algorithms: '" + name + "' (expected: some of " + names() + ")");
                }
            }
        }
    }

    /**
     * @throws IllegalArgumentException when its keys could not be fetched safely
     */
    static void requireIssuer(String issuer) {
        URI uri = URI.create(issuer);
        boolean loopback =
                "http".equals(uri.getScheme())
                        && LOOPBACK.contains(Objects.requireNonNullElse(uri.getHost(), ""));
        boolean safe = "https".equals(uri.getScheme()) && uri.getHost() != null;
        if (!safe && !loopback) {
            throw new IllegalArgumentException(
                    "issuer: '" + issuer + "' (expected: an https URL, as in the tokens' iss)");
        }
    }

    Set<JWSAlgorithm> allowed() {
        var allowed = new java.util.LinkedHashSet<JWSAlgorithm>();
        (algorithms == null ? USUAL : algorithms)
                .forEach(name -> allowed.add(new JWSAlgorithm(name)));
        return allowed;
    }

    String principal() {
        return principalClaim == null ? "sub" : principalClaim;
    }

    String groups() {
        return groupsClaim == null ? "groups" : groupsClaim;
    }

    private static String names() {
        var names = new TreeSet<String>();
        POSSIBLE.forEach(each -> names.add(each.getName()));
        return String.join(", ", names);
    }
}
