package dev.farol.cli.arm;

import dev.farol.cli.doc.Tree;
import org.jspecify.annotations.Nullable;

/** The service refused, or an operation failed; the text is the one that {@code az} prints. */
public final class ArmFailed extends CommandFailed {
    private static final long serialVersionUID = 1L;

    private final int status;

    private ArmFailed(int status, String text) {
        super(status == 404 ? 3 : 1, text);
        this.status = status;
    }

    /**
     * @param status the HTTP status; 200 when the failure was told by the body of an operation
     * @param body a document with {@code error}, or nothing
     */
    public static ArmFailed of(int status, @Nullable Object body, String fallback) {
        Object error = Tree.at(body, "error");
        if (Tree.text(error, "message") == null && Tree.text(error, "code") == null) {
            return new ArmFailed(status, fallback);
        }
        String code = Tree.textOr(error, "code", "None");
        var text =
                new StringBuilder("(")
                        .append(code)
                        .append(") ")
                        .append(Tree.textOr(error, "message", ""))
                        .append("\nCode: ")
                        .append(code);
        String target = Tree.text(error, "target");
        if (target != null) {
            text.append("\nTarget: ").append(target);
        }
        details(error, text);
        return new ArmFailed(status, text.toString());
    }

    private static void details(@Nullable Object error, StringBuilder text) {
        var details = Tree.list(error, "details");
        if (details.isEmpty()) {
            return;
        }
        text.append("\nException Details:");
        for (Object detail : details) {
            String target = Tree.text(detail, "target");
            text.append("\n\t(")
                    .append(Tree.textOr(detail, "code", "None"))
                    .append(") ")
                    .append(target == null ? "" : target + ": ")
                    .append(Tree.textOr(detail, "message", ""));
        }
    }

    public int status() {
        return status;
    }
}
