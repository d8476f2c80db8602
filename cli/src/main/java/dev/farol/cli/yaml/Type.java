package dev.farol.cli.yaml;

import dev.farol.spec.NameRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a key of a definition may hold. */
public sealed interface Type {
    /** Any scalar as text; {@code rule} when it is a name. */
    record Text(@Nullable NameRule rule) implements Type {}

    /**
     * One of a few words; they become the words of the wire. A word that Azure knows and Farol does
     * not offer has a sentence that says so.
     */
    record Choice(Map<String, String> wireByWord, Map<String, String> notOffered) implements Type {
        static Choice of(String... wordsAndWire) {
            var map = new java.util.LinkedHashMap<String, String>();
            for (int i = 0; i < wordsAndWire.length; i += 2) {
                map.put(wordsAndWire[i], wordsAndWire[i + 1]);
            }
            return new Choice(map, Map.of());
        }

        Choice without(String word, String why) {
            return new Choice(wireByWord, Map.of(word, why));
        }
    }

    /** A whole number from min to max. */
    record Whole(long min, long max) implements Type {}

    record Flag() implements Type {}

    /** A mapping of text to text. */
    record Texts() implements Type {}

    /** A mapping of deployment to percent. */
    record Shares(int max) implements Type {}

    record Section(Schema schema) implements Type {}

    record Each(Schema schema) implements Type {}

    /** Anything, passed on as it is. */
    record Free() implements Type {}

    /** A folder, relative to the definition, or a reference to a version of {@code noun}. */
    record Folder(String noun) implements Type {}

    /** A file or a folder, relative to the definition, or a URI that the service reads. */
    record Source() implements Type {}

    /** The folder of a Dockerfile, relative to the definition, or a URL that the service reads. */
    record Context() implements Type {}

    /** A mapping of names to sections of one kind. */
    record Named(Schema schema) implements Type {}

    /** A conda file, relative to the definition, or its content in place. */
    record Conda() implements Type {}

    /** A reference ({@code azureml:name:version} …) or a definition in place. */
    record Asset(String noun, Schema inline) implements Type {}

    /** Understood, and not offered yet: the sentence says what is. */
    record Refused(String why, String instead) implements Type {}

    /** Only printed, never read: a definition that was printed may be given back. */
    record Printed() implements Type {}

    Type NAME = new Text(null);

    Choice ENABLED = Choice.of("enabled", "Enabled", "disabled", "Disabled");

    /** Words that read well in a message. */
    static String words(List<String> words) {
        return words.size() < 2
                ? String.join("", words)
                : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }
}
