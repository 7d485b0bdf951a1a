import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import org.openprovenance.prov.interop.InteropFramework;
import org.openprovenance.prov.model.Activity;
import org.openprovenance.prov.model.Bundle;
import org.openprovenance.prov.model.DateTimeOption;
import org.openprovenance.prov.model.Document;
import org.openprovenance.prov.model.Entity;
import org.openprovenance.prov.model.HasLabel;
import org.openprovenance.prov.model.HasLocation;
import org.openprovenance.prov.model.HasOther;
import org.openprovenance.prov.model.HasRole;
import org.openprovenance.prov.model.HasType;
import org.openprovenance.prov.model.QualifiedName;
import org.openprovenance.prov.model.StatementOrBundle;
import org.openprovenance.prov.model.interop.Formats.ProvFormat;
import org.openprovenance.prov.validation.Config;
import org.openprovenance.prov.validation.ObjectMaker;
import org.openprovenance.prov.validation.Unknown;
import org.openprovenance.prov.validation.Validate;
import org.openprovenance.prov.validation.VarQName;
import org.openprovenance.prov.validation.report.ValidationReport;
import org.openprovenance.prov.vanilla.ProvFactory;

/**
 * Reads documents with ProvToolbox and says what it makes of them.
 *
 * One request per line on stdin, one verdict per line on stdout, both JSON:
 * {"name": …, "text": …, "format": one of ProvFormat, JSON by default, "validate": boolean, true by
 * default, "writes": [one of ProvFormat, …]} and {"name": …, "problems": […], "counts": {kind: n},
 * "attributes": n, "json": the document as ProvToolbox writes it, "written": {format: text}}.
 */
public final class ProvToolboxJudge {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Unknowns of the validator: plain qualified names under a type of their own. */
  private static final class Variable extends org.openprovenance.prov.vanilla.QualifiedName
      implements VarQName {
    Variable(String uri, String local, String prefix) {
      super(uri, local, prefix);
    }
  }

  private static final class Blank extends org.openprovenance.prov.vanilla.QualifiedName
      implements Unknown {
    Blank(String uri, String local) {
      super(uri, local, "unknown");
    }
  }

  private static final class Maker implements ObjectMaker {
    @Override
    public VarQName makeVarQName(String uri, String local, String prefix) {
      return new Variable(uri, local, prefix);
    }

    @Override
    public VarQName makeVarQName(QualifiedName name) {
      return new Variable(name.getNamespaceURI(), name.getLocalPart(), name.getPrefix());
    }

    @Override
    public Unknown makeUnknown(String uri, String local) {
      return new Blank(uri, local);
    }
  }

  private final ProvFactory factory = new ProvFactory();
  private final InteropFramework framework = new InteropFramework(factory);

  public static void main(String[] args) throws Exception {
    // ProvToolbox prints to stdout now and then; the verdicts keep it for themselves.
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    ProvToolboxJudge judge = new ProvToolboxJudge();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSON.writeValueAsString(judge.judge(JSON.readTree(line))));
    }
  }

  private ObjectNode judge(JsonNode request) {
    ObjectNode verdict = JSON.createObjectNode();
    verdict.set("name", request.get("name"));
    ArrayNode problems = verdict.putArray("problems");
    Map<String, Integer> counts = new TreeMap<>();
    int attributes = 0;
    try {
      byte[] bytes = request.get("text").asText().getBytes(StandardCharsets.UTF_8);
      ProvFormat format = ProvFormat.valueOf(request.path("format").asText("JSON"));
      Document document = read(bytes, format);
      for (StatementOrBundle statement : document.getStatementOrBundle()) {
        attributes += count(statement, counts);
      }
      verdict.put("json", write(document, ProvFormat.JSON));
      ObjectNode written = verdict.putObject("written");
      for (JsonNode wanted : request.path("writes")) {
        written.put(wanted.asText(), write(document, ProvFormat.valueOf(wanted.asText())));
      }
      if (request.path("validate").asBoolean(true)) validate(read(bytes, format), problems);
    } catch (Throwable error) {
      problems.add("reading: " + describe(error));
    }
    verdict.putPOJO("counts", counts);
    verdict.put("attributes", attributes);
    return verdict;
  }

  private Document read(byte[] bytes, ProvFormat format) throws Exception {
    return framework.readDocument(
        new ByteArrayInputStream(bytes),
        format,
        DateTimeOption.PRESERVE,
        TimeZone.getTimeZone("UTC"));
  }

  private String write(Document document, ProvFormat format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    framework.writeDocument(bytes, document, format);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Counts a statement under its kind; answers how many non-formal attributes it carries. */
  private static int count(StatementOrBundle statement, Map<String, Integer> counts) {
    if (statement instanceof Bundle) {
      int attributes = 0;
      for (StatementOrBundle inner : ((Bundle) statement).getStatement()) {
        attributes += count(inner, counts);
      }
      return attributes;
    }
    counts.merge(statement.getKind().name(), 1, Integer::sum);
    int attributes = 0;
    if (statement instanceof HasLabel) attributes += size(((HasLabel) statement).getLabel());
    if (statement instanceof HasType) attributes += size(((HasType) statement).getType());
    if (statement instanceof HasLocation) attributes += size(((HasLocation) statement).getLocation());
    if (statement instanceof HasRole) attributes += size(((HasRole) statement).getRole());
    if (statement instanceof HasOther) attributes += size(((HasOther) statement).getOther());
    if (statement instanceof Entity && ((Entity) statement).getValue() != null) attributes += 1;
    return attributes;
  }

  private static int size(Collection<?> values) {
    return values == null ? 0 : values.size();
  }

  /** PROV-CONSTRAINTS. An event without a known order is fine; a contradiction is a problem. */
  private void validate(Document document, ArrayNode problems) {
    try {
      ValidationReport report =
          new Validate(Config.newYesToAllConfig(factory, new Maker())).validate(document);
      report(report, problems);
    } catch (Throwable error) {
      problems.add("validating: " + describe(error));
    }
  }

  private static void report(ValidationReport report, ArrayNode problems) {
    add(problems, "cycle with a strict precedence", report.getCycle());
    add(problems, "merge failed", report.getFailedMerge());
    add(problems, "qualified names differ", report.getQualifiedNameMismatch());
    add(problems, "types overlap", report.getTypeOverlap());
    if (report.getTypeReport() != null) {
      problems.add("typing: an identifier has two types that exclude each other: "
          + report.getTypeReport().getKey());
    }
    if (report.getSpecializationReport() != null
        && !report.getSpecializationReport().getSpecializationOf().isEmpty()) {
      problems.add("specialization of itself");
    }
    if (report.getMalformedStatements() != null
        && !report.getMalformedStatements().getStatement().isEmpty()) {
      problems.add("malformed: " + report.getMalformedStatements().getStatement());
    }
    for (ValidationReport inner : report.getValidationReport()) report(inner, problems);
  }

  private static void add(ArrayNode problems, String what, List<?> found) {
    for (Object one : found) problems.add(what + ": " + one);
  }

  /** The innermost cause says it; the wrappers of ProvToolbox only name themselves. */
  private static String describe(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
    StackTraceElement[] trace = cause.getStackTrace();
    String place = trace.length == 0 ? "" : " at " + trace[0];
    return cause.getClass().getSimpleName() + ": " + cause.getMessage() + place;
  }
}
