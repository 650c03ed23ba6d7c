package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What {@code logback.xml}, as it is shipped, makes of a level. */
class LogLevelTest {
  private static final Pattern PROPERTY = Pattern.compile("\\$\\{([\\w.]+):-(\\w+)}");

  @AfterEach
  void forget() {
    System.clearProperty(LogLevel.OURS);
    System.clearProperty(LogLevel.LIBRARIES);
  }

  @ParameterizedTest
  @CsvSource({
    "TRACE, TRACE, TRACE",
    "DEBUG, DEBUG, DEBUG",
    "INFO, INFO, WARN",
    "WARN, WARN, WARN",
    "ERROR, ERROR, ERROR",
    ", INFO, WARN"
  })
  void librariesAreQuietUnlessTheyAreToBeDebugged(String level, String ours, String libraries)
      throws Exception {
    if (level != null) {
      LogLevel.set(level);
    }
    assertEquals(ours, level("io.souffleur.http.ChatSession"));
    assertEquals(libraries, level("org.apache.pekko.actor.ActorSystemImpl"));
    assertEquals(libraries, level("ai.djl.engine.Engine"));
    assertEquals("ERROR", level("ai.djl.util.cuda.CudaUtils"));
  }

  /** Of the longest name that the logger begins with, or of the root. */
  private static String level(String logger) throws Exception {
    Document shipped = shipped();
    Element nearest = (Element) shipped.getElementsByTagName("root").item(0);
    NodeList named = shipped.getElementsByTagName("logger");
    for (int i = 0; i < named.getLength(); i++) {
      Element each = (Element) named.item(i);
      boolean meant = logger.startsWith(each.getAttribute("name") + ".");
      if (meant
          && each.getAttribute("name").length() > nearest.getAttribute("name").length()) {
        nearest = each;
      }
    }
    return resolved(nearest.getAttribute("level"));
  }

  private static Document shipped() throws Exception {
    try (InputStream file = LogLevel.class.getResourceAsStream("/logback.xml")) {
      return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file);
    }
  }

  private static String resolved(String level) {
    Matcher property = PROPERTY.matcher(level);
    return property.matches() ? System.getProperty(property.group(1), property.group(2)) : level;
  }
}
