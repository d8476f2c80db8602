package dev.farol.control;

import dev.farol.backend.InstanceTypes;
import dev.farol.control.access.Access;
import dev.farol.control.arm.ArmApi;
import dev.farol.control.arm.ArmRoutes;
import dev.farol.control.blob.BlobAccount;
import dev.farol.control.blob.BlobPlane;
import dev.farol.control.identity.Identity;
import dev.farol.spec.ResourceId;
import dev.farol.store.ObjectStore;
import dev.farol.store.Store;
import dev.farol.wire.ApiHandler;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is answered on the control plane's HTTPS port: ARM, identity, cloud metadata and
 * the blob plane. Blocking; call it on virtual threads. Holds nothing that needs closing.
 */
public final class ControlApi implements ApiHandler {
    private static final Logger log = LoggerFactory.getLogger(ControlApi.class);

    /** Who may have the account's secrets may as well come to its blobs with a token. */
    private static final String SECRETS =
            ResourceId.PROVIDER + "/workspaces/datastores/listSecrets/action";

    private final ControlConfig config;
    private final ArmRoutes routes;
    private final ArmApi arm;
    private final BlobPlane blobs;

    /** What the control API works on. */
    public record Collaborators(
            Store store,
            ObjectStore objects,
            GatewayAddress gateway,
            Nudge nudge,
            InstanceLogs logs,
            InstanceTypes instanceTypes,
            InstantSource clock) {}

    private ControlApi(ControlConfig config, Path identityFolder, Collaborators collaborators) {
        Identity identity = Identity.open(identityFolder, config.identity(), collaborators.clock());
        BlobAccount account = BlobAccount.open(identityFolder);
        var access = Access.open(identityFolder, collaborators.clock());
        access.ensureOwner(config.identity().principalId());
        this.config = config;
        this.routes = new ArmRoutes(config, collaborators, identity, access, account);
        this.arm = routes.api();
        this.blobs =
                new BlobPlane(
                        collaborators.objects(),
                        account,
                        identity,
                        caller ->
                                access.allows(
                                        caller.subject(),
                                        SECRETS,
                                        defaultWorkspace(config).toString()),
                        collaborators.clock());
    }

    /**
     * Opens the API; makes keys and secrets in {@code identityFolder} that are not there yet.
     *
     * @param identityFolder {@code <home>/identity}
     */
    public static ControlApi open(
            ControlConfig config, Path identityFolder, Collaborators collaborators) {
        return new ControlApi(config, identityFolder, collaborators);
    }

    /**
     * What the data plane judges tokens by: issuers, their keys, and who may score. Each call looks
     * anew, and never waits for an issuer.
     *
     * @param identityFolder {@code <home>/identity}
     */
    public static TokenAuthority authority(
            ControlConfig config, Path identityFolder, InstantSource clock) {
        return Identity.authority(identityFolder, config.identity(), clock);
    }

    /** Makes the workspace that every Farol has, unless it is there; answers its id. */
    public ResourceId ensureDefaultWorkspace() {
        return routes.ensureWorkspace(defaultWorkspace(config));
    }

    private static ResourceId defaultWorkspace(ControlConfig config) {
        return ResourceId.workspace(
                config.subscription(), config.resourceGroup(), config.workspace());
    }

    @Override
    public ApiResponse handle(ApiRequest request) throws IOException {
        long start = System.nanoTime();
        String host = CalledName.of(request);
        Optional<ApiResponse> blob = blobs.handle(request, host);
        ApiResponse answer = blob.isPresent() ? blob.get() : arm.handle(request, host);
        // Never the query, which may hold a signature, nor a secret in the path.
        log.debug(
                "{} {} {} {} µs",
                request.method(),
                request.path().contains("/msi/") ? "/msi/…" : request.path(),
                answer.status(),
                (System.nanoTime() - start) / 1000);
        return answer;
    }
}
