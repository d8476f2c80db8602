package dev.farol.control.identity;

import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.farol.control.ServicePrincipal;
import dev.farol.control.ServicePrincipal.FederatedCredential;
import dev.farol.control.ServicePrincipals;
import dev.farol.kit.Json;
import dev.farol.spec.FarolException;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Azure AD's token endpoint for those who are no persons: client credentials with a secret, or with
 * an assertion of an issuer that the principal is federated with. Whatever tenant the path names is
 * this one.
 */
final class TokenEndpoint {
    private static final String ASSERTION =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final Set<String> NO_RESOURCE =
            Set.of("openid", "profile", "offline_access", "email");

    private final ServicePrincipals principals;
    private final Tokens tokens;
    private final ForeignIssuers issuers;
    private final InstantSource clock;

    TokenEndpoint(
            ServicePrincipals principals,
            Tokens tokens,
            ForeignIssuers issuers,
            InstantSource clock) {
        this.principals = principals;
        this.tokens = tokens;
        this.issuers = issuers;
        this.clock = clock;
    }

    ApiResponse answer(ApiRequest request) throws IOException {
        try {
            return grant(FormBody.read(request));
        } catch (OAuthRefusal refused) {
            return refused.answer(clock.instant());
        }
    }

    private ApiResponse grant(Map<String, String> form) {
        String grant = required(form, "grant_type");
        if (!grant.equals("client_credentials")) {
            throw new OAuthRefusal(
                    400,
                    "unsupported_grant_type",
                    70003,
                    "The app requested an unsupported grant type '"
                            + grant
                            + "' (expected: client_credentials).");
        }
        String client = required(form, "client_id");
        ServicePrincipal principal =
                principals
                        .ofClient(client)
                        .orElseThrow(
                                () ->
                                        new OAuthRefusal(
                                                400,
                                                "unauthorized_client",
                                                700016,
                                                "Application with identifier '"
                                                        + client
                                                        + "' was not found in this Farol; `farol"
                                                        + " service-principal list` shows those it"
                                                        + " has."));
        if (form.containsKey("client_assertion")) {
            checkAssertion(principal, form);
        } else {
            checkSecret(principal, required(form, "client_secret"));
        }
        String resource = resource(form);
        var minted = tokens.mint(resource, Tokens.Owner.of(principal));
        long seconds = Duration.between(clock.instant(), minted.expiresAt()).toSeconds();
        ObjectNode body = Json.object();
        body.put("token_type", "Bearer");
        body.put("expires_in", seconds);
        body.put("ext_expires_in", seconds);
        body.put("expires_on", minted.expiresAt().getEpochSecond());
        body.put("resource", resource);
        body.put("access_token", minted.token());
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
    }

    private void checkSecret(ServicePrincipal principal, String secret) {
        switch (principals.check(principal, secret)) {
            case GOOD -> {}
            case WRONG ->
                    throw new OAuthRefusal(
                            401,
                            "invalid_client",
                            7000215,
                            "Invalid client secret provided. Ensure the secret being sent in the"
                                    + " request is the client secret value, not the client secret"
                                    + " ID, for a secret added to app '"
                                    + principal.clientId()
                                    + "'.");
            case EXPIRED ->
                    throw new OAuthRefusal(
                            401,
                            "invalid_client",
                            7000222,
                            "The provided client secret keys for app '"
                                    + principal.clientId()
                                    + "' are expired; `farol service-principal reset-secret` makes"
                                    + " a new one.");
        }
    }

    private void checkAssertion(ServicePrincipal principal, Map<String, String> form) {
        if (!required(form, "client_assertion_type").equals(ASSERTION)) {
            throw new OAuthRefusal(
                    400,
                    "invalid_request",
                    50192,
                    "Invalid client_assertion_type (expected: " + ASSERTION + ").");
        }
        SignedJWT assertion;
        JWTClaimsSet says;
        try {
            assertion = SignedJWT.parse(form.get("client_assertion"));
            says = assertion.getJWTClaimsSet();
        } catch (ParseException noToken) {
            throw new OAuthRefusal(
                    401, "invalid_client", 50027, "The client assertion is no signed JWT.");
        }
        FederatedCredential matching = matching(principal, says);
        try {
            issuers.assertion(assertion, matching.issuer(), matching.audience());
        } catch (BadJOSEException bad) {
            throw new OAuthRefusal(
                    401,
                    "invalid_client",
                    700027,
                    "The client assertion does not hold: " + bad.getMessage() + ".");
        } catch (FarolException unreachable) {
            throw new OAuthRefusal(400, "invalid_request", 700030, unreachable.getMessage() + ".");
        }
    }

    private static FederatedCredential matching(ServicePrincipal principal, JWTClaimsSet says) {
        List<FederatedCredential> left = principal.federatedCredentials();
        left = left.stream().filter(each -> each.issuer().equals(says.getIssuer())).toList();
        if (left.isEmpty()) {
            throw unmatched(700211, "issuer", says.getIssuer());
        }
        left = left.stream().filter(each -> each.subject().equals(says.getSubject())).toList();
        if (left.isEmpty()) {
            throw unmatched(700213, "subject", says.getSubject());
        }
        left = left.stream().filter(each -> says.getAudience().contains(each.audience())).toList();
        if (left.isEmpty()) {
            throw unmatched(700212, "audience", String.join(", ", says.getAudience()));
        }
        return left.getFirst();
    }

    private static OAuthRefusal unmatched(int code, String what, Object presented) {
        return new OAuthRefusal(
                401,
                "invalid_client",
                code,
                "No matching federated identity record found for presented assertion "
                        + what
                        + " '"
                        + presented
                        + "'.");
    }

    /** Of version 2 ({@code scope}) or of version 1 ({@code resource}). */
    private static String resource(Map<String, String> form) {
        if (form.containsKey("resource")) {
            return required(form, "resource");
        }
        for (String scope : required(form, "scope").split(" ")) {
            if (!scope.isEmpty() && !NO_RESOURCE.contains(scope)) {
                return scope;
            }
        }
        throw OAuthRefusal.missing("scope");
    }

    private static String required(Map<String, String> form, String name) {
        String value = form.getOrDefault(name, "");
        if (value.isBlank()) {
            throw OAuthRefusal.missing(name);
        }
        return value;
    }
}
