package dev.farol.control.blob;

import dev.farol.control.identity.Caller;
import dev.farol.control.identity.Identity;
import dev.farol.spec.FarolException;
import dev.farol.wire.ApiRequest;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what on the blob plane: a shared access signature what it says; the account's key and
 * a bearer token everything.
 */
final class Access {
    private final BlobAccount account;
    private final Identity identity;
    private final Predicate<Caller> mayCome;
    private final InstantSource clock;

    /**
     * @param mayCome whether the owner of a token may do anything with blobs
     */
    Access(BlobAccount account, Identity identity, Predicate<Caller> mayCome, InstantSource clock) {
        this.account = account;
        this.identity = identity;
        this.mayCome = mayCome;
        this.clock = clock;
    }

    /**
     * What a caller may do besides what it asked for.
     *
     * @param overwrite whether it may replace what exists
     * @param everything whether it may do everything
     */
    record Granted(boolean overwrite, boolean everything) {}

    /**
     * @param host what the client calls this server
     * @throws BlobError.BlobException when the request may not pass
     */
    Granted authorize(ApiRequest request, BlobPath path, Verb verb, String host) {
        if (!path.account().equalsIgnoreCase(BlobAccount.NAME)) {
            throw new BlobError(
                            404,
                            "ResourceNotFound",
                            "There is no account '"
                                    + path.account()
                                    + "' (expected: "
                                    + BlobAccount.NAME
                                    + ").")
                    .thrown();
        }
        if (request.parameter("sig").isPresent()) {
            pass(signature(request, path, verb));
            return new Granted(request.parameter("sp").orElse("").contains("w"), false);
        }
        Optional<String> authorization = request.headers().first("Authorization");
        if (authorization.isEmpty()) {
            throw new BlobError(
                            401,
                            "NoAuthenticationInformation",
                            "Server failed to authenticate the request. A shared access signature,"
                                    + " the account's key or a bearer token is needed.")
                    .thrown();
        }
        String text = authorization.get();
        if (text.regionMatches(true, 0, SharedKey.SCHEME, 0, SharedKey.SCHEME.length())) {
            pass(account.sharedKey().refusal(request, text, clock.instant()));
        } else {
            bearer(authorization, host);
        }
        return new Granted(true, true);
    }

    String challenge(String host) {
        // Storage clients look for the resource that a token must be for.
        return identity.challenge(host) + ", resource_id=\"https://storage.azure.com\"";
    }

    private void bearer(Optional<String> authorization, String host) {
        Caller caller;
        try {
            caller = identity.authenticate(authorization, host);
        } catch (FarolException refused) {
            throw new BlobError(401, "InvalidAuthenticationInfo", refused.problem().message())
                    .thrown();
        }
        if (!mayCome.test(caller)) {
            throw new BlobError(
                            403,
                            "AuthorizationPermissionMismatch",
                            "This request is not authorized to perform this operation using this"
                                    + " permission. A role that gives datastores/listSecrets/action"
                                    + " on the workspace is needed.")
                    .thrown();
        }
    }

    private @Nullable BlobError signature(ApiRequest request, BlobPath path, Verb verb) {
        return request.parameter("ss").isPresent()
                ? account.sas().accountRefusal(request::parameter, verb, clock.instant())
                : account.sas()
                        .refusal(
                                request::parameter,
                                path.container(),
                                path.signed(),
                                verb.permissions(),
                                clock.instant());
    }

    private static void pass(@Nullable BlobError refusal) {
        if (refusal != null) {
            throw refusal.thrown();
        }
    }
}
