package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import java.util.List;

/** The verbs of the workspace. */
final class WorkspaceVerbs {
    private WorkspaceVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "show",
                        "Show the workspace.",
                        "farol workspace show",
                        List.of(Flag.text("NAME", "The workspace, like -w.", "--name", "-n")),
                        in ->
                                in.print(
                                        AssetViews.workspace(
                                                in.arm().get("", Versions.WORKSPACE).body()))));
    }
}
