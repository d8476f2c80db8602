package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import java.util.List;

/** The verbs of code, which deployments upload. */
final class CodeVerbs {
    private static final AssetVerbs SHARED =
            new AssetVerbs("code", "/codes", Versions.CODE, AssetViews::code);

    private CodeVerbs() {}

    static List<Verb> all() {
        return List.of(SHARED.show(), SHARED.list(), SHARED.download("codeUri"));
    }
}
