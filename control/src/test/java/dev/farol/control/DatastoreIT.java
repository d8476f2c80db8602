package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class DatastoreIT {
    private static final String MINE = WS + "/datastores/mine";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "AzureBlob|'accountName':'acct','containerName':'c'"
                        + "|AccountKey|'key':'a2V5LXNlY3JldA=='|key",
                "AzureFile|'accountName':'acct','fileShareName':'s'|Sas|'sasToken':'sv=secret'|sasToken",
                "AzureDataLakeGen2|'accountName':'acct','filesystem':'f'"
                        + "|ServicePrincipal|'clientSecret':'hidden-secret'|clientSecret",
            })
    void keepsItFaithfullyAndItsSecretsApart(
            String type, String place, String credentials, String secret, String field)
            throws IOException {
        String body =
                ("{'properties':{'datastoreType':'"
                                + type
                                + "',"
                                + place
                                + ",'later':[1],'credentials':{'credentialsType':'"
                                + credentials
                                + "','clientId':'c','tenantId':'t','secrets':{'secretsType':'"
                                + credentials
                                + "',"
                                + secret
                                + "}}}}")
                        .replace('\'', '"');

        Answer put = farol.put(MINE, body);
        assertThat(put.status()).as(put.text()).isEqualTo(201);
        assertThat(farol.put(MINE, body).status()).isEqualTo(200);

        Answer got = farol.get(MINE);
        JsonNode properties = got.json().path("properties");
        assertThat(properties.path("datastoreType").asString()).isEqualTo(type);
        assertThat(properties.path("accountName").asString()).isEqualTo("acct");
        assertThat(properties.at("/later/0").asInt()).isEqualTo(1);
        assertThat(properties.path("isDefault").asBoolean(true)).isFalse();
        String value = secret.substring(secret.indexOf(":'") + 2, secret.length() - 1);
        for (Answer open : new Answer[] {put, got, farol.get(WS + "/datastores")}) {
            assertThat(open.text()).doesNotContain(value).doesNotContain("secrets");
        }
        JsonNode secrets = farol.post(MINE + "/listSecrets", null).json();
        assertThat(secrets.path("secretsType").asString()).isEqualTo(credentials);
        assertThat(secrets.path(field).asString()).isEqualTo(value);

        assertThat(farol.delete(MINE).status()).isEqualTo(200);
        assertThat(farol.delete(MINE).status()).isEqualTo(204);
    }

    @Test
    void takesNoCredentialsAndThenHasNoSecrets() throws IOException {
        Answer put = farol.put(MINE, body("'credentials':{'credentialsType':'none'}"));

        assertThat(put.json().at("/properties/credentials/credentialsType").asString())
                .isEqualTo("None");
        assertThat(farol.post(MINE + "/listSecrets", "{}").status()).isEqualTo(400);
    }

    @Test
    void saysAllThatIsMissing() throws IOException {
        Answer put =
                farol.put(
                        MINE,
                        "{\"properties\":{\"datastoreType\":\"AzureFile\",\"credentials\":{"
                                + "\"credentialsType\":\"AccountKey\"}}}");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.message())
                .contains("/properties/accountName")
                .contains("/properties/fileShareName")
                .contains("/properties/credentials/secrets/key");
    }

    @Test
    void leavesTheDefaultOneAlone() throws IOException {
        String path = WS + "/datastores/workspaceblobstore";
        assertThat(farol.put(path, body("'credentials':{'credentialsType':'None'}")).status())
                .isEqualTo(409);
        assertThat(farol.delete(path).status()).isEqualTo(409);
        assertThat(farol.get(path).status()).isEqualTo(200);
    }

    @Test
    void listsByNameByDefaultAndByText() throws IOException {
        farol.put(MINE, body("'credentials':{'credentialsType':'None'}"));
        assertThat(size("")).isEqualTo(2);
        assertThat(size("?isDefault=true")).isEqualTo(1);
        assertThat(size("?isDefault=false")).isEqualTo(1);
        assertThat(size("?names=MINE,other")).isEqualTo(1);
        assertThat(size("?searchText=blob")).isEqualTo(1);
    }

    private int size(String query) throws IOException {
        return farol.get(WS + "/datastores" + query).json().path("value").size();
    }

    private static String body(String more) {
        return ("{'properties':{'datastoreType':'AzureBlob','accountName':'a','containerName':'c',"
                        + more
                        + "}}")
                .replace('\'', '"');
    }
}
