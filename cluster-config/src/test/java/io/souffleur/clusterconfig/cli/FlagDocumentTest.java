package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FlagDocumentTest {
  /** With the property {@code write.documents} the document is written instead of compared. */
  @Test
  void documentEqualsTheTable() throws IOException {
    Path document = Path.of("").toAbsolutePath().getParent().resolve("docs").resolve("flags.md");
    String expected = FlagDocument.markdown(FlagTable.SERVE);
    if (System.getProperty("write.documents") != null) {
      Files.writeString(document, expected);
    }
    assertEquals(expected, Files.readString(document), "run this test with -Dwrite.documents");
  }
}
