package dev.farol.control.arm;

import static dev.farol.control.arm.Shape.Field.optional;
import static dev.farol.control.arm.Shape.Field.required;

import dev.farol.control.access.Access;
import dev.farol.control.access.Assignment;
import dev.farol.control.access.Role;
import dev.farol.control.arm.Doc.Parameter;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Role assignments, role definitions and permissions, at every scope there is (contracts §8). */
final class Roles {
    private static final String PROVIDER = "/providers/Microsoft.Authorization/";
    private static final String ASSIGNMENTS = "roleAssignments";
    private static final String DEFINITIONS = "roleDefinitions";
    private static final String TYPE = "Microsoft.Authorization/";

    private static final Pattern EQUALS =
            Pattern.compile("(?i)\\s*([a-z]+)\\s+eq\\s+'((?:[^']|'')*)'\\s*");
    private static final Pattern ASSIGNED_TO =
            Pattern.compile("(?i)\\s*assignedTo\\('([^']*)'\\)\\s*");
    private static final Pattern AT_SCOPE = Pattern.compile("(?i)\\s*atScope(AndBelow)?\\(\\)\\s*");
    private static final Pattern GUID =
            Pattern.compile("(?i)[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}");
    private static final Pattern ACTION = Pattern.compile("\\*|[A-Za-z0-9.*]+(/[A-Za-z0-9.*]+)+");

    private static final ValueType TEXTS = new ValueType.ListOf(ValueType.TEXT);

    private static final Shape ASSIGNMENT =
            Shape.of(
                    required(
                            "properties",
                            new ValueType.ObjectOf(
                                    Shape.of(
                                            required("roleDefinitionId", ValueType.TEXT),
                                            required("principalId", ValueType.TEXT),
                                            optional("principalType", ValueType.TEXT, "User"),
                                            optional("description", ValueType.TEXT)))));

    private static final Shape PERMISSION =
            Shape.of(
                    optional("actions", TEXTS),
                    optional("notActions", TEXTS),
                    optional("dataActions", TEXTS),
                    optional("notDataActions", TEXTS));

    private static final Shape DEFINITION =
            Shape.of(
                    required(
                            "properties",
                            new ValueType.ObjectOf(
                                    Shape.of(
                                            required("roleName", ValueType.TEXT),
                                            optional("description", ValueType.TEXT, ""),
                                            required(
                                                    "permissions",
                                                    new ValueType.ListOf(
                                                            new ValueType.ObjectOf(PERMISSION))),
                                            optional("assignableScopes", TEXTS)))));

    private static final Reply ASSIGNMENT_REPLY =
            Reply.texts("RoleAssignment", "id", "name", "type");
    private static final Reply DEFINITION_REPLY =
            Reply.texts("RoleDefinition", "id", "name", "type");

    private final Access access;
    private final Function<String, Optional<String>> principals;
    private final InstantSource clock;

    /**
     * @param principals the object id of whoever is meant
     */
    Roles(Access access, Function<String, Optional<String>> principals, InstantSource clock) {
        this.access = access;
        this.principals = principals;
        this.clock = clock;
    }

    /**
     * Adds the routes of one kind of scope.
     *
     * @param scope the path of it; empty for the whole house
     */
    void add(ArmApi.Table table, String scope) {
        String assignments = scope + PROVIDER + ASSIGNMENTS;
        String definitions = scope + PROVIDER + DEFINITIONS;
        table.resource(
                        "GET",
                        assignments,
                        Doc.of("Lists role assignments")
                                .query(Parameter.text("$filter"))
                                .gives(200, Reply.list(ASSIGNMENT_REPLY)),
                        this::listAssignments)
                .resource(
                        "GET",
                        assignments + "/{name}",
                        Doc.of("Gets a role assignment").gives(200, ASSIGNMENT_REPLY),
                        call -> ok(view(assignment(call))))
                .resource(
                        "PUT",
                        assignments + "/{name}",
                        Doc.of("Gives a principal a role")
                                .takes(ASSIGNMENT)
                                .gives(201, ASSIGNMENT_REPLY),
                        this::assign)
                .resource(
                        "DELETE",
                        assignments + "/{name}",
                        Doc.of("Takes a role away").gives(200, ASSIGNMENT_REPLY).gives(204),
                        this::revoke)
                .resource(
                        "GET",
                        definitions,
                        Doc.of("Lists roles")
                                .query(Parameter.text("$filter"))
                                .gives(200, Reply.list(DEFINITION_REPLY)),
                        this::listDefinitions)
                .resource(
                        "GET",
                        definitions + "/{name}",
                        Doc.of("Gets a role").gives(200, DEFINITION_REPLY),
                        call -> ok(view(role(call))))
                .resource(
                        "PUT",
                        definitions + "/{name}",
                        Doc.of("Makes or replaces a custom role")
                                .takes(DEFINITION)
                                .gives(201, DEFINITION_REPLY),
                        this::define)
                .resource(
                        "DELETE",
                        definitions + "/{name}",
                        Doc.of("Removes a custom role").gives(200, DEFINITION_REPLY).gives(204),
                        this::undefine)
                .versioned(
                        "GET",
                        scope + PROVIDER + "permissions",
                        Doc.of("What the caller may do here").gives(200, Replies.ANYTHING),
                        this::permissions);
    }

    private ApiResponse listAssignments(ArmCall call) {
        String filter = call.parameter("$filter").orElse("");
        String here = scope(call);
        Predicate<Assignment> wanted =
                each -> covers(each.scope(), here) || covers(here, each.scope());
        Matcher equal = EQUALS.matcher(filter);
        Matcher assigned = ASSIGNED_TO.matcher(filter);
        Matcher at = AT_SCOPE.matcher(filter);
        if (at.matches()) {
            wanted = each -> covers(each.scope(), here);
        } else if (assigned.matches()) {
            wanted = wanted.and(each -> each.principal().equals(assigned.group(1)));
        } else if (equal.matches() && equal.group(1).equalsIgnoreCase("principalId")) {
            String who = unquoted(equal.group(2));
            String id = principals.apply(who).orElse(who);
            wanted = wanted.and(each -> each.principal().equals(id));
        } else if (!filter.isBlank()) {
            throw unknownFilter(filter, "atScope(), principalId eq '…' or assignedTo('…')");
        }
        return Paging.all(access.assignments().stream().filter(wanted).map(Roles::view).toList());
    }

    private Assignment assignment(ArmCall call) {
        String here = scope(call);
        return access.assignments().stream()
                .filter(each -> each.name().equalsIgnoreCase(call.name("name")))
                .filter(each -> covers(each.scope(), here) && covers(here, each.scope()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "The role assignment '"
                                                + call.name("name")
                                                + "' is not found at "
                                                + shown(here)));
    }

    private ApiResponse assign(ArmCall call) throws IOException {
        var violations = new Violations();
        String name = guid(call, violations);
        JsonNode asked = ASSIGNMENT.read(call.body(), "", violations).path("properties");
        String principal = asked.path("principalId").asString("");
        Optional<String> known = principals.apply(principal);
        if (!principal.isEmpty() && known.isEmpty()) {
            violations.add(
                    ErrorCode.PRINCIPAL_NOT_FOUND,
                    "/properties/principalId",
                    "Principal "
                            + principal
                            + " does not exist (expected: this machine's user, a service principal"
                            + " by name, client id or object id, or issuer#claim of an issuer that"
                            + " the settings trust)");
        }
        String type = asked.path("principalType").asString("User");
        if (type.equalsIgnoreCase("Group") && known.filter(id -> id.contains("#")).isEmpty()) {
            violations.add(
                    "/properties/principalType",
                    "'"
                            + principal
                            + "' is no group (expected: issuer#group with a group of an issuer that"
                            + " the settings trust, as its tokens name it)");
        }
        String wanted = asked.path("roleDefinitionId").asString("");
        Optional<Role> role = access.role(wanted.substring(wanted.lastIndexOf('/') + 1));
        if (!wanted.isEmpty() && role.isEmpty()) {
            violations.add(
                    "/properties/roleDefinitionId",
                    "'"
                            + wanted
                            + "' is no role (expected: an id that"
                            + PROVIDER
                            + DEFINITIONS
                            + " lists)");
        }
        String here = scope(call);
        role.filter(each -> each.assignableScopes().stream().noneMatch(s -> covers(s, here)))
                .ifPresent(
                        each ->
                                violations.add(
                                        "/properties/roleDefinitionId",
                                        "The role '"
                                                + each.name()
                                                + "' cannot be assigned at "
                                                + shown(here)
                                                + " (expected: at or below "
                                                + String.join(", ", each.assignableScopes())
                                                + ")"));
        violations.raise();
        Instant now = clock.instant();
        var made =
                new Assignment(
                        name,
                        shown(here),
                        role.orElseThrow().id(),
                        known.orElseThrow(),
                        type,
                        asked.path("description").asString(null),
                        now,
                        now,
                        call.by());
        return ApiResponse.json(201, view(access.assign(made)).toString());
    }

    private ApiResponse revoke(ArmCall call) {
        String here = scope(call);
        return access.revoke(
                        each ->
                                each.name().equalsIgnoreCase(call.name("name"))
                                        && covers(each.scope(), here)
                                        && covers(here, each.scope()))
                .map(gone -> ok(view(gone)))
                .orElseGet(() -> ApiResponse.of(204));
    }

    private ApiResponse listDefinitions(ArmCall call) {
        String filter = call.parameter("$filter").orElse("");
        Matcher equal = EQUALS.matcher(filter);
        Predicate<Role> wanted = each -> true;
        if (equal.matches() && equal.group(1).equalsIgnoreCase("roleName")) {
            wanted = each -> each.name().equalsIgnoreCase(unquoted(equal.group(2)));
        } else if (equal.matches() && equal.group(1).equalsIgnoreCase("type")) {
            wanted = each -> each.kind().wire().equalsIgnoreCase(equal.group(2));
        } else if (!filter.isBlank() && !AT_SCOPE.matcher(filter).matches()) {
            throw unknownFilter(filter, "roleName eq '…', type eq '…' or atScopeAndBelow()");
        }
        return Paging.all(access.roles().stream().filter(wanted).map(Roles::view).toList());
    }

    private Role role(ArmCall call) {
        return access.role(call.name("name"))
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "The role '" + call.name("name") + "' does not exist"));
    }

    private ApiResponse define(ArmCall call) throws IOException {
        var violations = new Violations();
        String id = guid(call, violations);
        JsonNode asked = DEFINITION.read(call.body(), "", violations).path("properties");
        if (access.role(id).filter(each -> each.kind() == Role.Kind.BUILT_IN).isPresent()) {
            throw new FarolException(
                    ErrorCode.FORBIDDEN, "The role '" + id + "' is built in and stays as it is");
        }
        JsonNode permissions = asked.path("permissions");
        if (permissions.size() > 1) {
            violations.add(
                    "/properties/permissions",
                    permissions.size() + " permissions (expected: one, with all actions)");
        }
        JsonNode permission = permissions.path(0);
        List<String> actions = actions(permission, "actions", violations);
        List<String> notActions = actions(permission, "notActions", violations);
        List<String> dataActions = actions(permission, "dataActions", violations);
        List<String> notDataActions = actions(permission, "notDataActions", violations);
        List<String> scopes = texts(asked.path("assignableScopes"));
        for (int i = 0; i < scopes.size(); i++) {
            if (!scopes.get(i).startsWith("/")) {
                violations.add(
                        "/properties/assignableScopes/" + i,
                        "'" + scopes.get(i) + "' (expected: /subscriptions/…)");
            }
        }
        violations.raise();
        List<String> below = scopes.isEmpty() ? List.of(shown(scope(call))) : scopes;
        requireEverywhere(call, below, "write");
        access.role(id).ifPresent(old -> requireEverywhere(call, old.assignableScopes(), "write"));
        var role =
                new Role(
                        id,
                        asked.path("roleName").asString(""),
                        Role.Kind.CUSTOM,
                        asked.path("description").asString(""),
                        actions,
                        notActions,
                        dataActions,
                        notDataActions,
                        below);
        access.define(role);
        return ApiResponse.json(201, view(role).toString());
    }

    private ApiResponse undefine(ArmCall call) {
        Optional<Role> found = access.role(call.name("name"));
        if (found.isEmpty()) {
            return ApiResponse.of(204);
        }
        if (found.get().kind() == Role.Kind.BUILT_IN) {
            throw new FarolException(
                    ErrorCode.FORBIDDEN,
                    "The role '" + found.get().name() + "' is built in and stays");
        }
        requireEverywhere(call, found.get().assignableScopes(), "delete");
        access.undefine(found.get().id());
        return ok(view(found.get()));
    }

    /** A role is one thing wherever it is held: who changes it changes it at all its scopes. */
    private void requireEverywhere(ArmCall call, List<String> scopes, String verb) {
        String action = TYPE + DEFINITIONS + "/" + verb;
        for (String scope : scopes) {
            if (!access.allows(call.caller().subject(), action, scope)) {
                throw new FarolException(
                        ErrorCode.FORBIDDEN,
                        "The client '"
                                + call.by()
                                + "' does not have authorization to perform action '"
                                + action
                                + "' over the assignable scope '"
                                + scope
                                + "'");
            }
        }
    }

    private ApiResponse permissions(ArmCall call) {
        return Paging.all(
                access.rolesAt(call.caller().subject(), scope(call)).stream()
                        .map(Roles::permission)
                        .toList());
    }

    /** Where the path's provider hangs. */
    private static String scope(ArmCall call) {
        String path = "/" + String.join("/", Route.segments(call.request().path()));
        int provider = path.toLowerCase(Locale.ROOT).lastIndexOf(PROVIDER.toLowerCase(Locale.ROOT));
        return path.substring(0, provider);
    }

    private static boolean covers(String scope, String other) {
        return Access.covers(scope, other);
    }

    private static String shown(String scope) {
        return scope.isEmpty() ? "/" : scope;
    }

    private static String guid(ArmCall call, Violations violations) {
        String name = call.name("name");
        if (!GUID.matcher(name).matches()) {
            violations.add("/name", "'" + name + "' (expected: a GUID)");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static List<String> actions(JsonNode permission, String field, Violations violations) {
        List<String> actions = texts(permission.path(field));
        for (int i = 0; i < actions.size(); i++) {
            if (!ACTION.matcher(actions.get(i)).matches()) {
                violations.add(
                        "/properties/permissions/0/" + field + "/" + i,
                        "'"
                                + actions.get(i)
                                + "' (expected: such as"
                                + " Microsoft.MachineLearningServices/workspaces/*/read)");
            }
        }
        return actions;
    }

    private static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        list.forEach(each -> texts.add(each.asString("")));
        return texts;
    }

    private static String unquoted(String text) {
        return text.replace("''", "'");
    }

    private static FarolException unknownFilter(String filter, String expected) {
        return new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                "$filter",
                "'" + filter + "' (expected: " + expected + ")");
    }

    private static ApiResponse ok(ObjectNode body) {
        return ApiResponse.json(200, body.toString());
    }

    private static ObjectNode view(Assignment assignment) {
        String scope = assignment.scope().equals("/") ? "" : assignment.scope();
        ObjectNode body = Json.object();
        body.put("id", scope + PROVIDER + ASSIGNMENTS + "/" + assignment.name());
        body.put("name", assignment.name());
        body.put("type", TYPE + ASSIGNMENTS);
        body.putObject("properties")
                .put("scope", assignment.scope())
                .put("roleDefinitionId", PROVIDER + DEFINITIONS + "/" + assignment.role())
                .put("principalId", assignment.principal())
                .put("principalType", assignment.principalType())
                .put("description", assignment.description())
                .put("createdOn", assignment.created().toString())
                .put("updatedOn", assignment.updated().toString())
                .put("createdBy", assignment.by())
                .put("updatedBy", assignment.by());
        return body;
    }

    private static ObjectNode view(Role role) {
        ObjectNode body = Json.object();
        body.put("id", PROVIDER + DEFINITIONS + "/" + role.id());
        body.put("name", role.id());
        body.put("type", TYPE + DEFINITIONS);
        ObjectNode properties = body.putObject("properties");
        properties.put("roleName", role.name());
        properties.put("type", role.kind().wire());
        properties.put("description", role.description());
        properties.putArray("permissions").add(permission(role));
        var scopes = properties.putArray("assignableScopes");
        role.assignableScopes().forEach(scopes::add);
        return body;
    }

    private static ObjectNode permission(Role role) {
        ObjectNode permission = Json.object();
        put(permission, "actions", role.actions());
        put(permission, "notActions", role.notActions());
        put(permission, "dataActions", role.dataActions());
        put(permission, "notDataActions", role.notDataActions());
        return permission;
    }

    private static void put(ObjectNode holder, String name, List<String> texts) {
        var array = holder.putArray(name);
        texts.forEach(array::add);
    }
}
