package dev.farol.cli.yaml;

import dev.farol.spec.NameRule;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** What a type wants, in a user's words. */
final class Expected {
    private Expected() {}

    static String of(Type type) {
        return switch (type) {
            case Type.Text text -> text.rule() == null ? "text" : name(text.rule());
            case Type.Choice choice -> Type.words(new ArrayList<>(choice.wireByWord().keySet()));
            case Type.Whole whole ->
                    whole.min() == whole.max()
                            ? String.valueOf(whole.min())
                            : "a whole number from " + whole.min() + " to " + whole.max();
            case Type.Flag flag -> "true or false";
            case Type.Texts texts -> "a mapping of text to text";
            case Type.Shares shares -> "a mapping of deployment to percent, such as blue: 90";
            case Type.Section section ->
                    "a mapping with " + String.join(", ", section.schema().offered());
            case Type.Each each ->
                    "a list of mappings with " + String.join(", ", each.schema().offered());
            case Type.Free free -> "anything";
            case Type.Folder folder -> "a folder, relative to this file";
            case Type.Source source -> "a file or folder, relative to this file";
            case Type.Context context -> "a folder, relative to this file";
            case Type.Named named ->
                    "a mapping of names to mappings with "
                            + String.join(", ", named.schema().offered());
            case Type.Conda conda -> "a conda file, relative to this file, or its content";
            case Type.Asset asset ->
                    Reference.EXPECTED
                            + ", or a mapping with "
                            + String.join(", ", asset.inline().offered());
            case Type.Refused refused -> refused.instead();
            case Type.Printed printed -> "nothing";
        };
    }

    private static String name(NameRule rule) {
        @Nullable String sentence = rule.violation("").orElse("");
        int start = sentence.indexOf("(expected: ");
        return start < 0
                ? "a name"
                : sentence.substring(start + "(expected: ".length(), sentence.length() - 1);
    }
}
