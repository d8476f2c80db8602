package dev.farol.control.identity;

import com.nimbusds.jose.JWSAlgorithm;
import dev.farol.control.ServicePrincipals;
import dev.farol.control.TokenAuthority;
import dev.farol.control.access.Access;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Issuer;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * The identity plane: hands tokens to this machine's user, says who the owner of a token is, and
 * publishes what others need to check tokens themselves.
 */
public final class Identity {
    /** So long before its end Azure says that a token for an endpoint should be replaced. */
    private static final Duration REFRESH = Duration.ofHours(12);

    /** The audience of tokens for the data plane (contracts §4.1). */
    private static final String SCORING_AUDIENCE = "https://ml.azure.com";

    /** How this Farol signs. */
    private static final Set<JWSAlgorithm> OWN = Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256);

    private static final String BEARER = "Bearer ";

    private final IdentityConfig config;
    private final InstantSource clock;
    private final IdentitySecret secret;
    private final SigningKeys keys;
    private final Tokens tokens;
    private final ServicePrincipals principals;
    private final ForeignIssuers issuers;
    private final TokenEndpoint endpoint;

    private Identity(
            IdentityConfig config,
            InstantSource clock,
            IdentitySecret secret,
            SigningKeys keys,
            ServicePrincipals principals) {
        this.config = config;
        this.clock = clock;
        this.secret = secret;
        this.keys = keys;
        this.tokens = new Tokens(keys, clock, config);
        this.principals = principals;
        this.issuers = new ForeignIssuers(config.issuers(), clock);
        this.endpoint = new TokenEndpoint(principals, tokens, issuers, clock);
    }

    /** Reads keys and secret from {@code folder}; makes what is missing. */
    public static Identity open(Path folder, IdentityConfig config, InstantSource clock) {
        return new Identity(
                config,
                clock,
                IdentitySecret.open(folder),
                SigningKeys.open(folder, clock, config.keyRotation(), config.tokenLife()),
                ServicePrincipals.open(folder, clock));
    }

    /**
     * What the data plane judges tokens by, read from {@code folder} at each call; keys and roles
     * are changed in time by whoever asks.
     */
    public static TokenAuthority authority(
            Path folder, IdentityConfig config, InstantSource clock) {
        var keys = SigningKeys.open(folder, clock, config.keyRotation(), config.tokenLife());
        var issuers = new ForeignIssuers(config.issuers(), clock);
        var access = Access.open(folder, clock);
        return new TokenAuthority() {
            @Override
            public Authority get() {
                var all = new ArrayList<Issuer>();
                all.add(
                        new Issuer(
                                Tokens.issuer(config),
                                true,
                                Set.of(SCORING_AUDIENCE),
                                "oid",
                                keys.known().stream()
                                        .flatMap(key -> PublishedKeys.of(key, OWN).stream())
                                        .toList()));
                all.addAll(issuers.published());
                return new Authority(all, access.scorers(), access.groupScorers());
            }

            @Override
            public void unknownKey(String issuer) {
                issuers.unknownKey(issuer);
            }
        };
    }

    /**
     * The principal that a role is to be given to: this machine's user or a service principal, each
     * by any of its names, or {@code issuer#claim} of a trusted issuer.
     */
    public Optional<String> principal(String which) {
        if (which.equals(config.principalId())
                || which.equals(config.clientId())
                || which.equals(config.principalName())) {
            return Optional.of(config.principalId());
        }
        boolean foreign =
                config.issuers().stream()
                        .anyMatch(
                                each ->
                                        which.startsWith(Issuer.foreign(each.issuer(), ""))
                                                && !which.endsWith("#"));
        return foreign ? Optional.of(which) : principals.idOf(which);
    }

    public String tenantId() {
        return config.tenantId();
    }

    /**
     * The caller of a request with an {@code Authorization: Bearer} header.
     *
     * @param host what the request called this server
     * @throws FarolException {@code AuthenticationFailed} without a valid token
     */
    public Caller authenticate(Optional<String> authorization, String host) {
        String header = authorization.orElse("");
        if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw new FarolException(
                    ErrorCode.UNAUTHENTICATED,
                    "The Authorization header is missing (expected: Bearer and a token of this"
                            + " Farol; `farol env` prints what clients need to get one).");
        }
        String token = header.substring(BEARER.length()).strip();
        Optional<Caller> foreign = issuers.caller(token);
        if (foreign.isPresent()) {
            return foreign.get();
        }
        Caller caller = tokens.verify(token, host);
        if (!caller.id().equals(config.principalId()) && !principals.exists(caller.id())) {
            throw new FarolException(
                    ErrorCode.UNAUTHENTICATED,
                    "The service principal of this token, " + caller.name() + ", is gone.");
        }
        return caller;
    }

    /** The challenge of a 401. */
    public String challenge(String host) {
        return "Bearer authorization_uri=\"https://"
                + host
                + "/"
                + config.tenantId()
                + "\", error=\"invalid_token\", error_description=\"A token of this Farol is"
                + " needed\"";
    }

    /** The token endpoint of Azure AD and of ADFS. */
    public ApiResponse token(ApiRequest request) throws IOException {
        return endpoint.answer(request);
    }

    /** The App Service managed-identity protocol, for whoever can read the secret file. */
    public ApiResponse managedIdentityToken(ApiRequest request) throws IOException {
        Optional<String> given = request.headers().first("X-IDENTITY-HEADER");
        return managedIdentityToken(request, given.or(() -> request.headers().first("secret")));
    }

    /**
     * The protocols of pod identity and of containers, which send no header of their own: the
     * secret is a part of the address that they are given.
     */
    public ApiResponse managedIdentityToken(ApiRequest request, String secretInPath)
            throws IOException {
        return managedIdentityToken(request, Optional.of(secretInPath));
    }

    private ApiResponse managedIdentityToken(ApiRequest request, Optional<String> given)
            throws IOException {
        if (!secret.matches(given)) {
            return refusal(
                    401,
                    "The X-IDENTITY-HEADER does not hold the secret of this Farol (expected: the"
                            + " content of identity/secret in its home folder)");
        }
        Optional<String> resource = resource(request).filter(text -> !text.isBlank());
        if (resource.isEmpty()) {
            return refusal(
                    400, "The parameter 'resource' is missing (expected: what the token is for)");
        }
        Tokens.Minted minted = tokens.mint(resource.get());
        Instant now = clock.instant();
        ObjectNode body = Json.object();
        body.put("access_token", minted.token());
        body.put("expires_on", Long.toString(minted.expiresAt().getEpochSecond()));
        body.put(
                "expires_in", Long.toString(Duration.between(now, minted.expiresAt()).toSeconds()));
        body.put("resource", resource.get());
        body.put("token_type", "Bearer");
        body.put("client_id", request.parameter("client_id").orElse(config.clientId()));
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
    }

    /** In the query, or in the form that containers post. */
    private static Optional<String> resource(ApiRequest request) throws IOException {
        Optional<String> inQuery = request.parameter("resource");
        if (inQuery.isPresent() || !request.method().equals("POST")) {
            return inQuery;
        }
        try {
            return Optional.ofNullable(FormBody.read(request).get("resource"));
        } catch (OAuthRefusal noForm) {
            return Optional.empty();
        }
    }

    /**
     * A token for the callers of one endpoint (contracts §1.7). Its audience is no plane of
     * Farol's, so that whoever scores with it can do nothing else.
     *
     * @param owner whom it is for: what it may do depends on that where the endpoint asks for roles
     * @param claims what it says of the endpoint
     * @throws FarolException when it would be longer than gateways read
     */
    public EndpointToken endpointToken(Caller owner, Map<String, String> claims) {
        Tokens.Minted minted = tokens.mint(Authority.ENDPOINT_AUDIENCE, owner, claims);
        int length = minted.token().length();
        if (length > Authority.LONGEST_TOKEN) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "A token of '"
                            + owner.name()
                            + "' for an endpoint would have "
                            + length
                            + " characters, as "
                            + owner.groups().size()
                            + " of its groups hold roles (expected: at most "
                            + Authority.LONGEST_TOKEN
                            + " characters; present the caller's own token to the endpoint, or"
                            + " give the roles to fewer groups)");
        }
        Instant end = minted.expiresAt();
        Duration half = Duration.between(clock.instant(), end).dividedBy(2);
        Duration before = half.compareTo(REFRESH) < 0 ? half : REFRESH;
        return new EndpointToken(minted.token(), end, end.minus(before));
    }

    /** {@code /metadata/endpoints}. */
    public ApiResponse cloudMetadata(ApiRequest request, String host) {
        return CloudMetadata.answer(host, request.parameter("api-version").orElse(""));
    }

    /**
     * {@code /.well-known/openid-configuration}.
     *
     * @param tenant as the path names it; what follows in the endpoints' paths
     * @param version {@code v2.0/} or nothing: which version's endpoints are told
     */
    public ApiResponse openIdConfiguration(String host, String tenant, String version) {
        String base = "https://" + host;
        String oauth = base + "/" + URLEncoder.encode(tenant, StandardCharsets.UTF_8) + "/oauth2/";
        ObjectNode body = Json.object();
        body.put("issuer", tokens.issuer());
        body.put("authorization_endpoint", oauth + version + "authorize");
        body.put("token_endpoint", oauth + version + "token");
        body.put("jwks_uri", base + "/discovery/keys");
        body.putArray("grant_types_supported").add("client_credentials");
        body.putArray("token_endpoint_auth_methods_supported")
                .add("client_secret_post")
                .add("private_key_jwt");
        body.putArray("response_types_supported").add("token");
        body.putArray("subject_types_supported").add("public");
        body.putArray("id_token_signing_alg_values_supported").add("ES256").add("RS256");
        return ApiResponse.json(200, body.toString());
    }

    /** {@code /discovery/keys}: a JWK set. */
    public ApiResponse publishedKeys() {
        return ApiResponse.json(200, keys.published());
    }

    /** The shape of App Service's own refusals, which clients show to their users. */
    private static ApiResponse refusal(int status, String message) {
        ObjectNode body = Json.object();
        body.put("statusCode", status);
        body.put("message", message);
        return ApiResponse.json(status, body.toString());
    }
}
