package dev.farol.cli.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.doc.JsonText;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverridesTest {
    private final List<Violation> violations = new ArrayList<>();
    private final Node.Fields document =
            YamlFile.parse("a: {b: [1, {c: 2}]}\nx: y\n", "f", violations);
    private final Overrides overrides = new Overrides(document, violations);

    private String text() {
        return JsonText.compact(document.content());
    }

    @Test
    void setsThroughMappingsAndLists() {
        overrides.set(List.of("a.b[1].c=3", "a.b[-2]=5", "new.deep.key=v", "x=a=b c"));
        assertThat(text())
                .isEqualTo(
                        "{\"a\":{\"b\":[5,{\"c\":3}]},\"x\":\"a=b c\",\"new\":{\"deep\":{\"key\":\"v\"}}}");
        assertThat(violations).isEmpty();
    }

    @Test
    void aNameWithDotsStandsInQuotes() {
        overrides.set(List.of("p.'farol.limits'=azure", "p.\"a.b\"=c", "p.d=e"));
        assertThat(text())
                .endsWith("\"p\":{\"farol.limits\":\"azure\",\"a.b\":\"c\",\"d\":\"e\"}}");
        overrides.remove(List.of("p.'farol.limits'", "p.'a.b'"));
        assertThat(text()).endsWith("\"p\":{\"d\":\"e\"}}");
        assertThat(violations).isEmpty();
    }

    @Test
    void readsBracketsAsJson() {
        overrides.set(List.of("x={\"p\": [1, true]}"));
        assertThat(text()).endsWith("\"x\":{\"p\":[1,true]}}");
    }

    @Test
    void addsAndRemoves() {
        overrides.add(List.of("a.b", "9", "l=z"));
        overrides.remove(List.of("a.b[0]", "x"));
        assertThat(text()).isEqualTo("{\"a\":{\"b\":[{\"c\":2},9]},\"l\":[\"z\"]}");
        assertThat(violations).isEmpty();
    }

    @Test
    void saysWhatCannotBeDone() {
        overrides.set(List.of("novalue", "a.b[7]=1", "x.y.z=1"));
        overrides.add(List.of("lonely"));
        overrides.remove(List.of("nothing", "a.b[9]"));
        assertThat(Violation.text(violations))
                .isEqualTo(
                        """
                        --set: 'novalue' has no '=' (expected: path=value)
                        --set: a.b[7]: there is no such item (expected: [0] or another position)
                        --set: x.y.z: leads into a value, not a mapping
                        --add: lonely: no value (expected: path value)
                        --remove: nothing: there is none
                        --remove: a.b[9]: there is none""");
    }
}
