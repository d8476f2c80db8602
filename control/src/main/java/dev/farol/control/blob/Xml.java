package dev.farol.control.blob;

import java.io.StringReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The little XML that the blob protocol needs. */
final class Xml {
    private static final int MAX_BLOCKS = 50_000;

    private Xml() {}

    /**
     * The ids in {@code <BlockList><Latest>…</Latest>…</BlockList>}, in order.
     *
     * @throws BlobError.BlobException when the document is something else
     */
    static List<String> blockIds(String document) {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        var ids = new ArrayList<String>();
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(document));
            boolean list = false;
            while (reader.hasNext()) {
                if (reader.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                String name = reader.getLocalName();
                if (Set.of("Latest", "Uncommitted", "Committed").contains(name) && list) {
                    ids.add(reader.getElementText().strip());
                } else if (name.equals("BlockList")) {
                    list = true;
                } else {
                    throw malformed();
                }
                if (ids.size() > MAX_BLOCKS) {
                    throw new BlobError(
                                    400,
                                    "BlockListTooLong",
                                    "More than " + MAX_BLOCKS + " blocks are listed.")
                            .thrown();
                }
            }
            return ids;
        } catch (XMLStreamException unreadable) {
            throw malformed();
        }
    }

    private static BlobError.BlobException malformed() {
        return new BlobError(
                        400,
                        "InvalidXmlDocument",
                        "The body is not a list of blocks (expected:"
                                + " <BlockList><Latest>id</Latest></BlockList>).")
                .thrown();
    }

    static String escape(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** A blob's name; percent-encoded and marked so where XML has no way to say it. */
    static String name(String name) {
        boolean sayable = name.codePoints().allMatch(c -> c >= ' ' && c != 0xfffe && c != 0xffff);
        return sayable
                ? element("Name", name)
                : "<Name Encoded=\"true\">"
                        + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20")
                        + "</Name>";
    }

    /** An element with text; nothing when there is no text. */
    static String element(String name, String text) {
        return text.isEmpty() ? "" : "<" + name + ">" + escape(text) + "</" + name + ">";
    }
}
