package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A deployment of a Triton model repository, asked by other people's clients through the gateway,
 * over REST and gRPC.
 */
class OipE2E extends OipDeployment {
    @Test
    void tritonsClientsGetWhatTheyAskFor() throws Exception {
        assertThat(ask("triton")).filteredOn(line -> line.startsWith("ok")).hasSizeGreaterThan(150);
    }

    @Test
    void kservesClientsGetWhatTheyAskFor() throws Exception {
        assertThat(ask("kserve")).filteredOn(line -> line.startsWith("ok")).hasSizeGreaterThan(3);
    }

    @Test
    void whatNoClientSendsIsRefused() throws Exception {
        assertThat(ask("raw")).filteredOn(line -> line.startsWith("ok")).hasSizeGreaterThan(40);
    }

    /** What the clients say, none of which failed. */
    private List<String> ask(String whose) throws Exception {
        List<String> lines =
                said(
                        0,
                        python.toString(),
                        SCRIPTS.resolve("clients.py").toString(),
                        whose,
                        host + "/api/v1/endpoint/credit",
                        host,
                        "credit.local.inference.example",
                        key);
        assertThat(lines).noneMatch(line -> line.startsWith("FAILED"));
        return lines;
    }
}
