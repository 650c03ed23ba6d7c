package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** The HTTP side and what is written down. */
final class ServerFlags {
  private static final String NO_TLS =
      "the server speaks plain HTTP; put a proxy that ends TLS in front";
  private static final String FIXED_METRICS = "/metrics has fixed labels and borders";
  private static final String ONE_LINE = "one line per request is logged at level info";

  static final FlagSection SECTION = new FlagSection(
      "Server",
      List.of(
          flag("--host")
              .text("ADDRESS")
              .byDefault("127.0.0.1")
              .works("Address to listen on; 0.0.0.0 is every address of this machine."),
          flag("--port").whole(0, 65_535).byDefault("30000").works("Port; 0 takes a free one."),
          flag("--served-model-name")
              .text("NAME")
              .otherwise("the model path")
              .works("Name in /v1/models and in answers; without a colon."),
          flag("--stream-interval")
              .whole(1, 1_000_000)
              .byDefault("1")
              .works("Tokens from one chunk of a stream to the next; the first token is sent at"
                  + " once."),
          flag("--incremental-streaming-output")
              .formerly("--stream-output")
              .works("/generate streams what is new instead of the text so far."),
          flag("--api-key")
              .text("KEY")
              .otherwise("none asked for")
              .works("Key that requests bring as \"Authorization: Bearer KEY\"; health and metrics"
                  + " are free."),
          flag("--admin-api-key")
              .text("KEY")
              .otherwise("as the API key")
              .works("Key of routes that abort and flush. Without any key they answer 403 unless"
                  + " the server listens on the loopback address."),
          flag("--ssl-keyfile").text("FILE").refused("TLS key.", NO_TLS),
          flag("--ssl-certfile").text("FILE").refused("TLS certificate.", NO_TLS),
          flag("--ssl-ca-certs").text("FILE").refused("TLS authorities.", NO_TLS),
          flag("--ssl-keyfile-password").text("TEXT").refused("Password of the key.", NO_TLS),
          flag("--enable-cache-report")
              .works("Say in the usage of chats and completions how many tokens of the prompt were"
                  + " cached; /generate always does."),
          flag("--stream-response-default-include-usage")
              .ignored("Usage in every stream.", "a request asks for it with stream_options"),
          flag("--enable-metrics").ignored("Serve /metrics.", "it is always served"),
          flag("--extra-metric-labels").json().ignored("Labels of metrics.", FIXED_METRICS),
          flag("--bucket-time-to-first-token")
              .several(anyNumber())
              .ignored("Histogram borders.", FIXED_METRICS),
          flag("--bucket-inter-token-latency")
              .several(anyNumber())
              .ignored("Histogram borders.", FIXED_METRICS),
          flag("--bucket-e2e-request-latency")
              .several(anyNumber())
              .ignored("Histogram borders.", FIXED_METRICS),
          flag("--prompt-tokens-buckets")
              .several(new ValueKind.Text("TEXT"))
              .ignored("Histogram borders.", FIXED_METRICS),
          flag("--generation-tokens-buckets")
              .several(new ValueKind.Text("TEXT"))
              .ignored("Histogram borders.", FIXED_METRICS),
          flag("--log-level")
              .choice("trace", "debug", "info", "warning", "warn", "error", "critical")
              .byDefault("info")
              .works("Least level of Souffleur's own lines; prompts and outputs appear at trace"
                  + " only. Libraries log warnings and errors unless debug or trace is asked for."),
          flag("--log-level-http")
              .choice("trace", "debug", "info", "warning", "warn", "error", "critical")
              .ignored("Level of the HTTP side.", "--log-level covers it"),
          flag("--log-requests").ignored("Log requests.", ONE_LINE),
          flag("--log-requests-level")
              .whole(0, 3)
              .byDefault("2")
              .ignored("How much of a request is logged.", ONE_LINE),
          flag("--log-requests-format")
              .choice("text", "json")
              .byDefault("text")
              .ignored("Form of request lines.", ONE_LINE),
          flag("--decode-log-interval")
              .whole(1, 1_000_000)
              .byDefault("40")
              .ignored("Decode steps between two log lines.", ONE_LINE),
          flag("--show-time-cost").ignored("Log what parts cost.", ONE_LINE),
          flag("--crash-dump-folder")
              .text("DIR")
              .ignored("Where requests before a crash are kept.", "requests are not written down"),
          flag("--enable-trace").ignored("Send traces.", "tracing is not built yet"),
          flag("--otlp-traces-endpoint")
              .text("ADDRESS")
              .ignored("Where traces go.", "tracing is not built yet"),
          flag("--skip-server-warmup")
              .ignored("No request before ready.", "there is none: /health answers when loaded"),
          flag("--warmups")
              .text("NAMES")
              .ignored("Requests before ready.", "there are none: /health answers when loaded"),
          flag("--weight-version")
              .text("NAME")
              .byDefault("default")
              .ignored("Label of the weights.", "no endpoint shows it yet"),
          flag("--config")
              .text("FILE")
              .works("YAML file whose keys are flag names; the command line wins.")));

  private ServerFlags() {}

  private static ValueKind anyNumber() {
    return new ValueKind.Real(-Double.MAX_VALUE, true, Double.MAX_VALUE);
  }
}
