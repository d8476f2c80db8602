package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who may do what: {@code az role}'s verbs, against this Farol. */
final class RoleVerbs {
    private static final String ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments";
    private static final String DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions";

    private static final Flag ASSIGNEE =
            Flag.text(
                    "WHO",
                    "A service principal by name, client id or object id; or issuer#subject.",
                    "--assignee",
                    "--assignee-object-id");
    private static final Flag ROLE = Flag.text("ROLE", "A role by name or id.", "--role");
    private static final Flag SCOPE =
            Flag.text("SCOPE", "Where it holds; the workspace when not given.", "--scope");
    private static final Flag NAME = Flag.text("NAME", "The role, by name or id.", "--name", "-n");
    private static final Flag DEFINITION =
            Flag.text(
                    "JSON",
                    "The role as JSON, or @file with it: Name, Actions, AssignableScopes, ….",
                    "--role-definition");

    private RoleVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "assignment create",
                        "Give somebody a role.",
                        "farol role assignment create --assignee ci --role Contributor",
                        List.of(
                                ASSIGNEE.mandatory(),
                                ROLE.mandatory(),
                                SCOPE,
                                Flag.text(
                                        "GUID",
                                        "Its name; a new one when not given.",
                                        "--name",
                                        "-n"),
                                Flag.text("TEXT", "What it is for.", "--description"),
                                Flag.text(
                                        "TYPE",
                                        "User, Group or ServicePrincipal (default).",
                                        "--assignee-principal-type")),
                        RoleVerbs::assign),
                new Verb(
                        "assignment list",
                        "List who has which role.",
                        "farol role assignment list --all -o table",
                        List.of(
                                ASSIGNEE,
                                ROLE,
                                SCOPE,
                                Flag.on("At every scope.", "--all"),
                                Flag.on("Above the scope too.", "--include-inherited")),
                        RoleVerbs::assignments),
                new Verb(
                        "assignment delete",
                        "Take a role away.",
                        "farol role assignment delete --assignee ci --role Contributor",
                        List.of(
                                Flag.words("ID", "The ids of assignments.", "--ids"),
                                ASSIGNEE,
                                ROLE,
                                SCOPE,
                                Flag.YES),
                        RoleVerbs::revoke),
                new Verb(
                        "definition list",
                        "List the roles that there are.",
                        "farol role definition list -o table",
                        List.of(NAME, Flag.on("Without Azure's.", "--custom-role-only")),
                        in ->
                                in.print(
                                        definitions(in).stream()
                                                .map(each -> definition(each))
                                                .toList())),
                new Verb(
                        "definition create",
                        "Make a role of your own.",
                        "farol role definition create --role-definition @scorer.json",
                        List.of(DEFINITION.mandatory()),
                        in -> define(in, false)),
                new Verb(
                        "definition update",
                        "Replace a role of your own.",
                        "farol role definition update --role-definition @scorer.json",
                        List.of(DEFINITION.mandatory()),
                        in -> define(in, true)),
                new Verb(
                        "definition delete",
                        "Delete a role of your own.",
                        "farol role definition delete --name Scorer",
                        List.of(NAME.mandatory(), Flag.YES),
                        RoleVerbs::undefine));
    }

    private static void assign(Invocation in) {
        Arm arm = in.arm();
        String path =
                scope(in) + ASSIGNMENTS + "/" + in.text("--name", UUID.randomUUID().toString());
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "roleDefinitionId",
                        Tree.text(role(in, in.given("--role")), "id"),
                        "principalId",
                        in.given("--assignee"),
                        "principalType",
                        in.text("--assignee-principal-type", "ServicePrincipal"),
                        "description",
                        in.text("--description"));
        Object made = arm.put(path, Versions.ROLE, Tree.of("properties", properties)).body();
        in.print(assignment(made, names(in)));
    }

    private static void assignments(Invocation in) {
        Map<String, String> names = names(in);
        in.print(found(in).stream().map(each -> assignment(each, names)).toList());
    }

    private static List<Object> found(Invocation in) {
        String scope = in.has("--all") ? "" : scope(in);
        String who = in.text("--assignee");
        String role = in.text("--role");
        String id = role == null ? null : Tree.text(role(in, role), "id");
        String filter =
                who == null
                        ? ""
                        : "$filter=" + coded("principalId eq '" + who.replace("'", "''") + "'");
        var wanted = new ArrayList<Object>();
        for (Object each :
                who == null
                        ? in.arm().list(scope + ASSIGNMENTS, Versions.ROLE)
                        : in.arm().list(scope + ASSIGNMENTS, Versions.ROLE, filter)) {
            String at = Tree.text(each, "properties", "scope");
            boolean here =
                    in.has("--all")
                            || in.has("--include-inherited")
                            || scope.equalsIgnoreCase(at)
                            || (scope.isEmpty() && "/".equals(at));
            if (here
                    && (id == null
                            || id.equals(Tree.text(each, "properties", "roleDefinitionId")))) {
                wanted.add(each);
            }
        }
        return wanted;
    }

    private static void revoke(Invocation in) {
        List<String> ids = in.words("--ids");
        if (ids.isEmpty() && in.text("--assignee") == null && in.text("--role") == null) {
            throw Invocation.usage("what to delete is missing (--ids, or --assignee and --role)");
        }
        if (ids.isEmpty()) {
            ids = found(in).stream().map(each -> Tree.textOr(each, "id", "")).toList();
        }
        if (ids.isEmpty()) {
            in.note("No matched assignments were found to delete.");
        }
        ids.forEach(id -> in.arm().delete(id, Versions.ROLE));
    }

    private static void define(Invocation in, boolean existing) {
        Object given = json(in, in.given("--role-definition"));
        String name = Tree.text(given, "Name");
        if (name == null) {
            name = Tree.text(given, "roleName");
        }
        if (name == null) {
            throw Invocation.usage(
                    "--role-definition: Name is missing (expected: the role's name)");
        }
        List<Object> known = definitions(in, name);
        if (existing && known.isEmpty()) {
            throw CommandFailed.failed("There is no role '" + name + "'.");
        }
        Map<String, @Nullable Object> permission = new HashMap<>();
        for (String list : List.of("Actions", "NotActions", "DataActions", "NotDataActions")) {
            permission.put(
                    Character.toLowerCase(list.charAt(0)) + list.substring(1),
                    Tree.list(given, list));
        }
        List<?> scopes = Tree.list(given, "AssignableScopes");
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "roleName",
                        name,
                        "description",
                        Tree.textOr(given, "Description", ""),
                        "permissions",
                        List.of(permission),
                        "assignableScopes",
                        scopes);
        String id =
                known.isEmpty()
                        ? UUID.randomUUID().toString()
                        : Tree.textOr(known.getFirst(), "name", "");
        String at =
                scopes.isEmpty() || "/".equals(scopes.getFirst())
                        ? ""
                        : String.valueOf(scopes.getFirst());
        in.print(
                definition(
                        in.arm()
                                .put(
                                        at + DEFINITIONS + "/" + id,
                                        Versions.ROLE,
                                        Tree.of("properties", properties))
                                .body()));
    }

    private static void undefine(Invocation in) {
        Object role = role(in, in.given("--name"));
        in.confirm();
        in.arm().delete(DEFINITIONS + "/" + Tree.text(role, "name"), Versions.ROLE);
    }

    private static String scope(Invocation in) {
        String given = in.text("--scope");
        if (given == null) {
            return in.arm().connection().workspacePath();
        }
        if (!given.startsWith("/")) {
            throw Invocation.usage(
                    "--scope: '" + given + "' is no scope (expected: / or /subscriptions/…)");
        }
        return given.replaceAll("/+$", "");
    }

    private static List<Object> definitions(Invocation in) {
        String name = in.text("--name");
        List<Object> all =
                name == null ? in.arm().list(DEFINITIONS, Versions.ROLE) : definitions(in, name);
        return all.stream()
                .filter(
                        each ->
                                !in.has("--custom-role-only")
                                        || "CustomRole"
                                                .equals(Tree.text(each, "properties", "type")))
                .toList();
    }

    private static List<Object> definitions(Invocation in, String name) {
        return in.arm().list(DEFINITIONS, Versions.ROLE).stream()
                .filter(
                        each ->
                                name.equalsIgnoreCase(Tree.text(each, "properties", "roleName"))
                                        || name.equalsIgnoreCase(Tree.text(each, "name"))
                                        || name.equalsIgnoreCase(Tree.text(each, "id")))
                .toList();
    }

    private static Object role(Invocation in, String name) {
        List<Object> found = definitions(in, name);
        if (found.isEmpty()) {
            throw CommandFailed.failed(
                    "There is no role '"
                            + name
                            + "' (`farol role definition list -o table` shows those there are).");
        }
        return found.getFirst();
    }

    /** The names of roles by their ids. */
    private static Map<String, String> names(Invocation in) {
        var names = new HashMap<String, String>();
        in.arm()
                .list(DEFINITIONS, Versions.ROLE)
                .forEach(
                        each ->
                                names.put(
                                        Tree.textOr(each, "id", ""),
                                        String.valueOf(Tree.text(each, "properties", "roleName"))));
        return names;
    }

    private static Map<String, @Nullable Object> assignment(
            @Nullable Object found, Map<String, String> names) {
        Map<String, @Nullable Object> view = new HashMap<>(Tree.map(found, "properties"));
        view.put("id", Tree.text(found, "id"));
        view.put("name", Tree.text(found, "name"));
        view.put("type", Tree.text(found, "type"));
        view.put("roleDefinitionName", names.get(Tree.textOr(view, "roleDefinitionId", "")));
        return view;
    }

    private static Map<String, @Nullable Object> definition(@Nullable Object found) {
        Map<String, @Nullable Object> view = new HashMap<>(Tree.map(found, "properties"));
        view.put("id", Tree.text(found, "id"));
        view.put("name", Tree.text(found, "name"));
        view.put("roleType", view.remove("type"));
        view.put("type", Tree.text(found, "type"));
        return view;
    }

    private static @Nullable Object json(Invocation in, String given) {
        String text = given;
        if (given.startsWith("@")) {
            try {
                text = Files.readString(in.file(given.substring(1)));
            } catch (IOException unreadable) {
                throw Invocation.usage(
                        "--role-definition: '" + given.substring(1) + "' cannot be read");
            }
        }
        try {
            return JsonText.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
            throw Invocation.usage("--role-definition: " + malformed.getMessage());
        }
    }

    private static String coded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
