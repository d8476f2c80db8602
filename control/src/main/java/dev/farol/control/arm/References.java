package dev.farol.control.arm;

import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * References to assets in all their spellings (contracts §1.11): resource ids, {@code
 * azureml://locations/…}, {@code azureml://registries/…}, {@code azureml:name:version}, {@code
 * @latest} and {@code labels/latest}.
 */
final class References {
    private static final Pattern LONG =
            Pattern.compile(
                    "azureml://locations/[^/]+/workspaces/([^/]+)/([^/]+)/([^/]+)/(versions|labels)/([^/]+)",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern SHARED =
            Pattern.compile(
                    "azureml://registries/([^/]+)/([^/]+)/([^/]+)/(versions|labels)/([^/]+)/?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern SHORT = Pattern.compile("(?:azureml:)?([^:@/]+)([:@])([^:@/]+)");

    private final Store store;
    private final Resource workspace;

    /**
     * @param store the transaction that the reference must hold in
     */
    References(Store store, Resource workspace) {
        this.store = store;
        this.workspace = workspace;
    }

    /**
     * The resource id of the asset that is meant, canonically spelled.
     *
     * @return null after a violation was added
     */
    @Nullable String resolve(AssetKind kind, String text, String pointer, Violations violations) {
        Optional<Resource> found = read(kind, text).flatMap(this::find);
        if (found.isEmpty()) {
            violations.add(pointer, absent(kind, text));
            return null;
        }
        return ResourceView.idText(found.get().id());
    }

    private String absent(AssetKind kind, String text) {
        Optional<Wanted> wanted = read(kind, text);
        String name = wanted.map(each -> each.container().name()).orElse("");
        boolean curated =
                kind.equals(AssetKind.ENVIRONMENT)
                        && (Curated.plausible(name)
                                || Curated.spelled(name).isPresent()
                                || wanted.filter(each -> curated(each.container())).isPresent());
        if (!curated) {
            return ValueType.quoted(text)
                    + " does not exist (expected: the id of a registered "
                    + kind.word()
                    + " version in workspace '"
                    + workspace.id().workspace()
                    + "' or in a registry)";
        }
        return Curated.spelled(name).isPresent()
                ? ValueType.quoted(text)
                        + " is a version that Farol does not have of '"
                        + name
                        + "' (expected: version "
                        + Curated.VERSION
                        + ", or labels/latest)"
                : ValueType.quoted(text)
                        + " is a curated environment that Farol has no rendition of (expected: one"
                        + " of your own, or the nearest there are: "
                        + String.join(", ", Curated.nearest(name))
                        + ")";
    }

    /** The container, or Farol's rendition of a curated environment when there is only that. */
    static ResourceId orCurated(Store store, ResourceId container) {
        return Curated.spelled(container.name())
                .filter(
                        any ->
                                container.root() == ResourceId.Root.WORKSPACE
                                        && store.resources().find(container).isEmpty())
                .map(
                        name ->
                                ResourceId.registry(Curated.REGISTRY)
                                        .child(AssetKind.ENVIRONMENT.type(), name))
                .orElse(container);
    }

    private static boolean curated(ResourceId container) {
        return container.workspaceId().equals(ResourceId.registry(Curated.REGISTRY));
    }

    /** A name with a version, or with a label. */
    private record Wanted(ResourceId container, String version, boolean label) {}

    private Optional<Wanted> read(AssetKind kind, String text) {
        Matcher longForm = LONG.matcher(text);
        if (longForm.matches()) {
            boolean ours =
                    longForm.group(1).equalsIgnoreCase(Workspaces.guid(workspace))
                            || longForm.group(1).equalsIgnoreCase(workspace.id().workspace());
            return ours && longForm.group(2).equalsIgnoreCase(kind.type())
                    ? Optional.of(
                            wanted(
                                    kind,
                                    longForm.group(3),
                                    longForm.group(5),
                                    longForm.group(4).equalsIgnoreCase("labels")))
                    : Optional.empty();
        }
        Matcher shared = SHARED.matcher(text);
        if (shared.matches()) {
            return shared.group(2).equalsIgnoreCase(kind.type())
                    ? Optional.of(
                            new Wanted(
                                    ResourceId.registry(shared.group(1).toLowerCase(Locale.ROOT))
                                            .child(kind.type(), shared.group(3)),
                                    shared.group(5),
                                    shared.group(4).equalsIgnoreCase("labels")))
                    : Optional.empty();
        }
        Matcher shortForm = SHORT.matcher(text);
        if (shortForm.matches()) {
            return Optional.of(
                    wanted(
                            kind,
                            shortForm.group(1),
                            shortForm.group(3),
                            shortForm.group(2).equals("@")));
        }
        return readId(kind, text);
    }

    private Optional<Wanted> readId(AssetKind kind, String text) {
        ResourceId id;
        try {
            id = ResourceId.parse(text.replaceFirst("(?i)^azureml:/*(?=/|subscriptions)", "/"));
        } catch (FarolException noId) {
            return Optional.empty();
        }
        boolean fits =
                (id.root() == ResourceId.Root.REGISTRY
                                || id.workspaceId().key().equals(workspace.id().key()))
                        && id.path().size() == 2
                        && id.path().getFirst().type().equalsIgnoreCase(kind.type());
        String what = fits ? id.path().getLast().type() : "";
        return what.equalsIgnoreCase("versions") || what.equalsIgnoreCase("labels")
                ? Optional.of(
                        new Wanted(
                                id.workspaceId()
                                        .child(kind.type(), bare(id.path().getFirst().name())),
                                id.name(),
                                what.equalsIgnoreCase("labels")))
                : Optional.empty();
    }

    /** Clients that resolve {@code azureml:name@latest} leave the prefix in the id (clients §7). */
    private Wanted wanted(AssetKind kind, String name, String version, boolean label) {
        return new Wanted(workspace.id().child(kind.type(), bare(name)), version, label);
    }

    private static String bare(String name) {
        return name.replaceFirst("(?i)^azureml:", "");
    }

    private Optional<Resource> find(Wanted asked) {
        ResourceId given = asked.container();
        boolean environment = given.path().getFirst().type().equals(AssetKind.ENVIRONMENT.type());
        Wanted wanted =
                environment
                        ? new Wanted(orCurated(store, given), asked.version(), asked.label())
                        : asked;
        if (!wanted.label()) {
            return store.resources()
                    .find(wanted.container().child(Assets.VERSIONS, wanted.version()));
        }
        if (!wanted.version().equalsIgnoreCase("latest")) {
            return Optional.empty();
        }
        return store.resources()
                .find(wanted.container())
                .map(container -> container.status().path("latestVersion").asString(""))
                .filter(latest -> !latest.isEmpty())
                .flatMap(
                        latest ->
                                store.resources()
                                        .find(wanted.container().child(Assets.VERSIONS, latest)));
    }
}
