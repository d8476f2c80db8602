package dev.farol.environment.definition;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One line of a pip requirements file, or of the {@code pip:} list of a conda file. */
sealed interface PipLine {
    /** Nothing: a comment, an empty line. */
    record Nothing() implements PipLine {}

    /** An index or a place with packages, as uv reads it in a requirements file. */
    record Source(String text) implements PipLine {}

    /** {@code --pre}. */
    record Prereleases() implements PipLine {}

    /** A package. {@code name} is empty for a bare URL. */
    record Package(String name, String text) implements PipLine {}

    Pattern OPTION = Pattern.compile("^(--?[A-Za-z-]+)(?:[=\\s]+(.*))?$");
    Pattern COMMENT = Pattern.compile("(^|\\s+)#.*$");
    Pattern URL = Pattern.compile("^(git|hg|svn|bzr)?\\+?(https?|ssh|file)://.*");
    Pattern PATH = Pattern.compile("^([./~\\\\]|[A-Za-z]:\\\\).*");
    Pattern ARCHIVE = Pattern.compile("^\\S+\\.(whl|tar\\.gz|tar\\.bz2|zip)(\\[[^\\]]*])?$");
    Pattern NAMED =
            Pattern.compile(
                    "^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\\s*(\\[[^\\]]*])?\\s*(.*)$");
    Pattern VERSIONS =
            Pattern.compile(
                    "^\\(?\\s*((===|==|~=|!=|<=|>=|<|>)\\s*[A-Za-z0-9._*+!-]+\\s*(,\\s*|(?=\\)?$)))+\\)?$");
    Set<String> PLACES = Set.of("--index-url", "--extra-index-url", "--find-links");
    Set<String> CHOICES = Set.of("--no-binary", "--only-binary", "--no-index", "--trusted-host");

    static PipLine parse(String line) throws Refused {
        String text = COMMENT.matcher(line.strip()).replaceFirst("").strip();
        if (text.isEmpty()) {
            return new Nothing();
        }
        if (text.startsWith("-")) {
            return option(text);
        }
        if (URL.matcher(text).matches()) {
            return new Package("", text);
        }
        if (PATH.matcher(text).matches() || ARCHIVE.matcher(text).matches()) {
            return file(text);
        }
        return named(text);
    }

    private static PipLine option(String text) throws Refused {
        Matcher matcher = OPTION.matcher(text);
        if (!matcher.matches()) {
            throw new Refused("'" + text + "' is not an option of pip");
        }
        String value = matcher.group(2) == null ? "" : matcher.group(2).strip();
        String name =
                switch (matcher.group(1)) {
                    case "-i" -> "--index-url";
                    case "-f" -> "--find-links";
                    case "-r" -> "--requirement";
                    case "-c" -> "--constraint";
                    case "-e" -> "--editable";
                    default -> matcher.group(1);
                };
        return switch (name) {
            case "--requirement", "--constraint" ->
                    throw new Refused(
                            "'"
                                    + text
                                    + "' refers to another file, which does not come with the"
                                    + " definition: write its lines here");
            case "--editable" ->
                    throw new Refused(
                            "'"
                                    + text
                                    + "' refers to a source folder: put the code into the"
                                    + " deployment's code folder, or give a wheel");
            case "--pre" -> new Prereleases();
            default -> {
                if (PLACES.contains(name) && !value.isEmpty()) {
                    if (name.equals("--find-links") && !URL.matcher(value).matches()) {
                        absolute(value, text);
                    }
                    yield new Source(name + " " + value);
                }
                if (CHOICES.contains(name)) {
                    yield new Source((name + " " + value).strip());
                }
                throw new Refused("the option '" + text + "' is not supported here");
            }
        };
    }

    private static PipLine file(String text) throws Refused {
        String path = text.replaceAll("\\[[^\\]]*]$", "");
        absolute(path, text);
        if (!Files.exists(Path.of(path))) {
            throw new Refused("'" + text + "': there is no such file on the server");
        }
        return new Package("", text);
    }

    private static void absolute(String path, String text) throws Refused {
        if (!path.startsWith("/") && !path.matches("[A-Za-z]:\\\\.*")) {
            throw new Refused(
                    "'"
                            + text
                            + "' is relative, and the definition travels without its folder: give"
                            + " an absolute path on the server, or a URL");
        }
    }

    private static PipLine named(String text) throws Refused {
        int marker = text.indexOf(';');
        int hash = text.indexOf(" --hash");
        int end = marker >= 0 ? marker : hash >= 0 ? hash : text.length();
        Matcher matcher = NAMED.matcher(text.substring(0, end).strip());
        if (!matcher.matches()) {
            throw new Refused("'" + text + "' is not a pip requirement such as numpy==2.3.1");
        }
        String rest = matcher.group(3).strip();
        if (!rest.isEmpty() && !rest.startsWith("@") && !VERSIONS.matcher(rest).matches()) {
            String hint =
                    rest.matches("=[^=].*")
                            ? ": pip wants '==' where conda has '='"
                            : ": '" + rest + "' is not a version such as ==2.3.1";
            throw new Refused("'" + text + "'" + hint);
        }
        if (rest.startsWith("@")) {
            String place = rest.substring(1).strip();
            if (!place.toLowerCase(Locale.ROOT).matches("[a-z+]+:.*")) {
                absolute(place, text);
            }
        }
        return new Package(Requirement.normal(matcher.group(1)), text);
    }
}
