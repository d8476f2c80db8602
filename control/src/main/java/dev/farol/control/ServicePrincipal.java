package dev.farol.control;

import java.time.Instant;
import java.util.List;

/**
 * Something that is no person and may ask for tokens: a CI, a job.
 *
 * @param id the object id ({@code oid}) in its tokens
 * @param clientId the application id that it asks with
 * @param name what {@code systemData} shows
 */
public record ServicePrincipal(
        String id,
        String clientId,
        String name,
        Instant created,
        List<StoredSecret> secrets,
        List<FederatedCredential> federatedCredentials) {
    public ServicePrincipal {
        secrets = List.copyOf(secrets);
        federatedCredentials = List.copyOf(federatedCredentials);
    }

    /**
     * A secret, of which only the SHA-256 is kept. It is 256 random bits, so that no slow hash is
     * needed.
     *
     * @param hint its first letters, to tell it from others
     */
    public record StoredSecret(String sha256, String hint, Instant created, Instant expires) {}

    /** Tokens of another issuer that stand for this principal. */
    public record FederatedCredential(String issuer, String subject, String audience) {}

    boolean called(String which) {
        return name.equals(which) || clientId.equals(which) || id.equals(which);
    }

    ServicePrincipal withSecrets(List<StoredSecret> others) {
        return new ServicePrincipal(id, clientId, name, created, others, federatedCredentials);
    }

    ServicePrincipal withFederatedCredentials(List<FederatedCredential> others) {
        return new ServicePrincipal(id, clientId, name, created, secrets, others);
    }
}
