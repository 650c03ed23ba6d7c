package io.souffleur.multimodal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.multimodal.Placeholders.Layout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Against the prompts that the published processor widens. Tokens here are characters and names. */
class PlaceholdersTest {
  private static final List<String> NAMES = List.of(
      "<|image_pad|>",
      "<|video_pad|>",
      "<image>",
      "</image>",
      "<slice>",
      "</slice>",
      "<image_id>",
      "</image_id>");
  private static final int FIRST_NAME = 0x10_0000;
  private static final Pattern TOKEN =
      Pattern.compile("<\\|(?:image|video)_pad\\|>|</?(?:image|slice|image_id)>|(?s).");
  private static final Pattern REPEATED = Pattern.compile("\\{(image|video)_pad\\*(\\d+)}");
  private static final SliceSettings RELEASED = new SliceSettings(9, 448, 14, true);

  private static int[] tokens(String text) {
    List<Integer> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      int name = NAMES.indexOf(matcher.group());
      tokens.add(name < 0 ? matcher.group().charAt(0) : FIRST_NAME + name);
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String text(int[] tokens) {
    var text = new StringBuilder();
    for (int token : tokens) {
      text.append(token < FIRST_NAME ? Character.toString(token) : NAMES.get(token - FIRST_NAME));
    }
    return text.toString();
  }

  private static PlaceholderTokens names(boolean numbered) {
    return new PlaceholderTokens(
        FIRST_NAME,
        FIRST_NAME + 1,
        FIRST_NAME + 2,
        FIRST_NAME + 3,
        FIRST_NAME + 4,
        FIRST_NAME + 5,
        FIRST_NAME + 6,
        FIRST_NAME + 7,
        numbered,
        tokens("\n"),
        number -> tokens(Integer.toString(number)));
  }

  @TestFactory
  Stream<DynamicTest> everyPromptIsWidenedAsThePublishedProcessorWidensIt() {
    JsonNode rows = Goldens.json("placeholder_text.json").get("rows");
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row ->
            DynamicTest.dynamicTest(row.get("text") + " " + row.get("options"), () -> check(row)));
  }

  private static void check(JsonNode row) {
    JsonNode options = row.get("options");
    List<Layout> layouts = layouts(row, options);
    Placeholders widened = Placeholders.widen(
        tokens(row.get("text").asText()),
        layouts,
        names(options.path("use_image_id").asBoolean(true)));
    assertEquals(expanded(row.get("expanded_run_length").asText()), text(widened.tokens()));
    int counted = 0;
    for (int i = 0; i < layouts.size(); i++) {
      Layout layout = layouts.get(i);
      List<PatchGrid> grids =
          layout.frames().stream().flatMap(plan -> plan.patchGrids().stream()).toList();
      assertEquals(grids.size(), widened.positions().get(i).length);
      for (int image = 0; image < grids.size(); image++) {
        int first = widened.positions().get(i)[image];
        int rows = layout.mode().tokens(grids.get(image));
        counted += rows;
        int pad = widened.tokens()[first];
        assertEquals(layout.video() ? FIRST_NAME + 1 : FIRST_NAME, pad);
        assertEquals(pad, widened.tokens()[first + rows - 1]);
        assertTrue(widened.tokens()[first - 1] != pad && widened.tokens()[first + rows] != pad);
      }
    }
    assertEquals(row.path("image_tokens").asInt(row.path("video_tokens").asInt()), counted);
  }

  private static List<Layout> layouts(JsonNode row, JsonNode options) {
    var settings = new SliceSettings(options.path("max_slice_nums").asInt(9), 448, 14, true);
    Downsample mode = options.path("downsample_mode").asText("16x").equals("4x")
        ? Downsample.FOUR
        : Downsample.SIXTEEN;
    List<Layout> layouts = new ArrayList<>();
    for (JsonNode size : row.path("image_sizes_wh")) {
      layouts.add(Layout.ofPicture(SlicePlan.of(size(size), settings), mode));
    }
    if (row.has("video_frames")) {
      SlicePlan frame = SlicePlan.of(size(row.get("frame_wh")), settings);
      int frames = row.get("video_frames").asInt();
      layouts.add(new Layout(true, Collections.nCopies(frames, frame), mode));
    }
    return layouts;
  }

  private static ImageSize size(JsonNode widthHeight) {
    return new ImageSize(widthHeight.get(0).asInt(), widthHeight.get(1).asInt());
  }

  private static String expanded(String runLength) {
    return REPEATED
        .matcher(runLength)
        .replaceAll(run -> Matcher.quoteReplacement(
            ("<|" + run.group(1) + "_pad|>").repeat(Integer.parseInt(run.group(2)))));
  }

  @Test
  void placesAndPicturesMustAgree() {
    Layout picture =
        Layout.ofPicture(SlicePlan.of(new ImageSize(448, 448), RELEASED), Downsample.SIXTEEN);
    for (String prompt : List.of("a", "<|image_pad|><|image_pad|>", "<|video_pad|>")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Placeholders.widen(tokens(prompt), List.of(picture), names(true)),
          prompt);
    }
  }

  @Test
  void picturesAndVideosAreNumberedByThemselves() {
    SlicePlan plan = SlicePlan.of(new ImageSize(448, 448), RELEASED);
    Layout picture = Layout.ofPicture(plan, Downsample.SIXTEEN);
    Layout video = new Layout(true, List.of(plan), Downsample.SIXTEEN);
    Placeholders widened = Placeholders.widen(
        tokens("<|image_pad|><|video_pad|><|image_pad|><|video_pad|>"),
        List.of(picture, video, picture, video),
        names(true));
    String numbers = text(widened.tokens()).replaceAll("<image>.*?</image>", "");
    assertEquals(
        "<image_id>0</image_id><image_id>0</image_id><image_id>1</image_id><image_id>1</image_id>",
        numbers);
  }
}
