package dev.farol.control.identity;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the token issuer.
 *
 * @param tenantId a GUID; what clients show as the tenant
 * @param principalId the object id of this machine's user
 * @param clientId the application id of the managed identity
 * @param principalName what {@code systemData.createdBy} shows
 * @param tokenLife how long a token is valid
 * @param keyRotation how long a key signs before a new one takes over
 * @param issuers those of others whose tokens are good here too
 */
public record IdentityConfig(
        String tenantId,
        String principalId,
        String clientId,
        String principalName,
        Duration tokenLife,
        Duration keyRotation,
        List<TrustedIssuer> issuers) {
    public static final IdentityConfig DEFAULTS =
            new IdentityConfig(
                    "00000000-0000-0000-0000-00000000fa01",
                    "00000000-0000-0000-0000-00000000fa02",
                    "00000000-0000-0000-0000-00000000fa03",
                    "farol",
                    Duration.ofHours(8),
                    Duration.ofDays(30),
                    List.of());

    public IdentityConfig {
        issuers = List.copyOf(issuers);
    }

    public IdentityConfig withIssuers(List<TrustedIssuer> others) {
        return new IdentityConfig(
                tenantId, principalId, clientId, principalName, tokenLife, keyRotation, others);
    }

    public IdentityConfig withPrincipalName(String name) {
        return new IdentityConfig(
                tenantId, principalId, clientId, name, tokenLife, keyRotation, issuers);
    }
}
