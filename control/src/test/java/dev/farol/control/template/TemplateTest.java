package dev.farol.control.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class TemplateTest {
    private static final Place PLACE = new Place("sub", "lab", "local", "tenant");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "plain                                                   | \"'plain'\"",
                "[[kept]                                                 | \"'[kept]'\"",
                "[concat('a', 1, '-', 'it''s')]                          | \"'a1-it''s'\"",
                "[if(equals(toLower('A'), 'a'), 'yes', nothing())]       | \"'yes'\"",
                "[or(true(), nothing())]                                 | true",
                "[and(not(empty('')), nothing())]                        | false",
                "[resourceId('Microsoft.A/b/c', 'x', 'y')]"
                        + " | \"'/subscriptions/sub/resourceGroups/lab/providers/Microsoft.A/b/x/c/y'\"",
                "[resourceId('other', 'Microsoft.A/b', 'x')]"
                        + " | \"'/subscriptions/sub/resourceGroups/other/providers/Microsoft.A/b/x'\"",
                "[resourceId('s2', 'g2', 'Microsoft.A/b', 'x')]"
                        + " | \"'/subscriptions/s2/resourceGroups/g2/providers/Microsoft.A/b/x'\"",
                "[subscriptionResourceId('Microsoft.A/b', 'x')]"
                        + " | \"'/subscriptions/sub/providers/Microsoft.A/b/x'\"",
                "[subscription().tenantId]                               | \"'tenant'\"",
                "[resourceGroup()['location']]                           | \"'local'\"",
                "[json('null')]                                          | null",
                "[array('a')[0]]                                         | \"'a'\"",
                "[length(concat(createArray(1), createArray(2, 3)))]     | 3",
                "[format('{0}/{1}', 'a', 2)]                             | \"'a/2'\"",
                "[replace(toUpper('aba'), 'A', 'x')]                     | \"'xBx'\"",
                "[substring('workspace', 4, 5)]                          | \"'space'\"",
                "[coalesce(null(), 'b')]                                 | \"'b'\"",
                "[contains(createArray('a'), 'a')]                       | true",
                "[variables('Twice')]                                    | \"'abab'\"",
                "[parameters('given')]                                   | \"'[literal]'\"",
                "[length(uniqueString('a', 'b'))]                        | 13",
            })
    void worksOutExpressions(String text, String expected) {
        ObjectNode template = template();
        template.putObject("outputs").putObject("o").put("type", "string").put("value", text);

        ObjectNode outputs = read(template).outputs();

        assertThat(outputs.at("/o/value").toString())
                .isEqualTo(
                        expected.replace("''", "\u0000")
                                .replace('\'', '"')
                                .replace('\u0000', '\''));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "[concat('a']                    | at character 12 (expected: ')')",
                "[concat('a')] b                 | none",
                "[concat('a) ]                   | a closing quote",
                "[variables('none')]             | there is no variable 'none' (there is: again, itself, twice)",
                "[variables('itself')]           | asks for itself",
                "[equals('a')]                   | equals() with 1 arguments (expected: 2)",
                "[toLower(1)]                    | toLower() with 1 as argument 1 (expected: text)",
                "[parameters('given').x]         | the part \"x\"",
                "[resourceId('Microsoft.A/b')]   | a name for each type",
            })
    void saysWhatIsWrongWithAnExpression(String text, String expected) {
        ObjectNode template = template();
        template.putObject("outputs").putObject("o").put("value", text.strip());
        if (expected.equals("none")) {
            assertThat(read(template).outputs().at("/o/value").asString()).isEqualTo(text.strip());
            return;
        }

        assertThatThrownBy(() -> read(template))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID);
                            assertThat(refused.problem().target())
                                    .isEqualTo("/properties/template/outputs/o");
                        })
                .hasMessageContaining(expected);
    }

    @Test
    void aFunctionThatAsksACloudIsNotOffered() {
        ObjectNode template = template();
        template.putObject("outputs").putObject("o").put("value", "[listKeys('a', 'b')]");

        assertThatThrownBy(() -> read(template))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.NOT_SUPPORTED))
                .hasMessageContaining("the function listKeys() (offered: and, array,");
    }

    @Test
    void textThatDoublesItselfEnds() {
        ObjectNode template = template();
        ObjectNode variables = (ObjectNode) template.path("variables");
        variables.put("v0", "0123456789");
        for (int i = 1; i < 60; i++) {
            String last = "variables('v" + (i - 1) + "')";
            variables.put("v" + i, "[concat(" + last + ", " + last + ")]");
            variables
                    .putArray("w" + i)
                    .add("[variables('w" + (i - 1) + "')]")
                    .add("[variables('w" + (i - 1) + "')]");
        }
        variables.putArray("w0").add("x");
        for (String name : new String[] {"v59", "w59"}) {
            template.putObject("outputs")
                    .putObject("o")
                    .put("value", "[length(variables('" + name + "'))]");

            assertThatThrownBy(() -> read(template)).hasMessageContaining("262144 characters");
        }
    }

    @Test
    void allThatIsWrongWithParametersIsSaidAtOnce() {
        ObjectNode template = template();
        ObjectNode declared = (ObjectNode) template.path("parameters");
        declared.putObject("size").put("type", "int").put("maxValue", 3);
        declared.putObject("word").put("type", "string").putArray("allowedValues").add("a");
        ObjectNode properties = Json.object();
        properties.set("template", template);
        ObjectNode given = properties.putObject("parameters");
        given.putObject("given").put("value", 7);
        given.putObject("size").put("value", 9);
        given.putObject("word").put("value", "b");

        assertThatThrownBy(() -> Template.read(properties, "/properties", PLACE))
                .hasMessageContaining("'given' is 7 (expected: String)")
                .hasMessageContaining("'size' has the value 9 (expected: any to 3)")
                .hasMessageContaining("'word' is \"b\" (expected: one of [\"a\"])");

        given.removeAll();
        given.putObject("strange").put("value", 1);
        assertThatThrownBy(() -> Template.read(properties, "/properties", PLACE))
                .hasMessageContaining("'strange' is not one of the template's (it has: given, size")
                .hasMessageContaining("'given' is missing")
                .hasMessageContaining("'size' is missing");
    }

    @Test
    void aTemplateInsideSharesTheWordsAroundOrHasItsOwn() {
        ObjectNode template = template();
        ObjectNode outer = template.withArray("resources").addObject();
        outer.put("type", Template.NESTED).put("name", "outer").put("resourceGroup", "far");
        ObjectNode inside = outer.putObject("properties").putObject("template");
        inside.withArray("resources")
                .addObject()
                .put("type", "Microsoft.A/b")
                .put("name", "[parameters('given')]");
        ObjectNode inner = template.withArray("resources").addObject();
        inner.put("type", Template.NESTED).put("name", "inner");
        ObjectNode properties = inner.putObject("properties");
        properties.putObject("expressionEvaluationOptions").put("scope", "inner");
        properties.putObject("parameters").putObject("given").put("value", "mine");
        ObjectNode own = properties.putObject("template");
        own.putObject("parameters").putObject("given").put("type", "string");
        own.withArray("resources")
                .addObject()
                .put("type", "Microsoft.A/b")
                .put("name", "[parameters('given')]");

        var resources = read(template).resources();

        assertThat(resources.get(0).parts().getFirst().id())
                .isEqualTo(
                        "/subscriptions/sub/resourceGroups/far/providers/Microsoft.A/b/[literal]");
        assertThat(resources.get(1).parts().getFirst().name()).isEqualTo("mine");
    }

    @Test
    void whatAConditionLeavesOutIsNotEvenWorkedOut() {
        ObjectNode template = template();
        template.withArray("resources")
                .addObject()
                .put("condition", "[equals('a', 'b')]")
                .put("type", "Microsoft.A/b")
                .put("name", "[reference('x').y]");

        assertThat(read(template).resources()).isEmpty();
    }

    @Test
    void secureParametersAreNotShown() {
        ObjectNode template = template();
        ((ObjectNode) template.path("parameters"))
                .putObject("secret")
                .put("type", "securestring")
                .put("defaultValue", "hidden");

        ObjectNode shown = read(template).parameters();

        assertThat(shown.path("secret").toString()).isEqualTo("{\"type\":\"SecureString\"}");
        assertThat(shown.path("given").toString())
                .isEqualTo("{\"type\":\"String\",\"value\":\"[literal]\"}");
    }

    private static Template read(ObjectNode template) {
        ObjectNode properties = Json.object();
        properties.set("template", template);
        properties.putObject("parameters").putObject("given").put("value", "[literal]");
        return Template.read(properties, "/properties", PLACE);
    }

    private static ObjectNode template() {
        ObjectNode template = Json.object();
        template.putObject("parameters").putObject("given").put("type", "string");
        template.putObject("variables")
                .put("again", "ab")
                .put("twice", "[concat(variables('again'), variables('again'))]")
                .put("itself", "[variables('itself')]");
        template.putArray("resources");
        return template;
    }
}
