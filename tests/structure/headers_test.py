"""What must not stand in a header: things that exist once per translation unit, and names given to everybody."""

import pathlib
import re
import unittest

import tree


def plain(statement: str) -> str:
    """A declaration without attributes and the macros that stand before functions."""
    statement = re.sub(r"\[\[.*?\]\]\s*", "", statement)
    return re.sub(r"^\s*NASNET_(LAZY|BODY|INLINE)\b\s*", "", statement).strip()


def is_variable(statement: str) -> bool:
    if re.match(r"(template|class|struct|union|enum|using|typedef|namespace|extern|friend|concept|static_assert|asm)\b", statement):
        return False
    if "operator" in statement:
        return False
    end = re.search(r"[=({;]", re.sub(r"alignas\s*\([^()]*\)", "", statement))
    return end is not None and end.group() != "("


def is_bare_function(statement: str) -> bool:
    """A body that each file which includes it would define for all of the program."""
    if not statement.endswith("}") or "(" not in statement:
        return False
    head = statement.split("(")[0]
    return not re.search(r"\b(NASNET_\w+|template|inline|constexpr|consteval|class|struct|enum|union|concept|using|requires)\b|=", head)


def faults(root: pathlib.Path) -> list[str]:
    found = []
    for header in tree.headers_and_bodies(root):
        name = header.relative_to(root / "include").as_posix()
        text = tree.code(header.read_text(encoding="utf-8"))
        if "#pragma once" not in text:
            found.append(f"{name}: no #pragma once")
        for match in re.finditer(r"\bnamespace\s*(\[\[[^]]*\]\]\s*)?\{", text):
            found.append(f"{name}:{text.count(chr(10), 0, match.start()) + 1}: an unnamed namespace")
        for line, statement in tree.declarations(text):
            if header.suffix == ".ipp" and is_bare_function(statement):
                found.append(f"{name}:{line}: NASNET_BODY, NASNET_LAZY or NASNET_INLINE is missing: {statement[:60]}")
            statement = plain(statement)
            if re.match(r"(inline\s+|constexpr\s+|const\s+|thread_local\s+)*static\b", statement):
                found.append(f"{name}:{line}: static at namespace scope is a copy for each translation unit: {statement[:60]}")
            elif re.match(r"using\s+namespace\b", statement):
                found.append(f"{name}:{line}: using namespace reaches everybody who includes this")
            elif is_variable(statement) and not re.search(r"\binline\b", statement.split("=")[0]):
                found.append(f"{name}:{line}: a variable at namespace scope is inline: {statement[:60]}")
    return found


class Headers(unittest.TestCase):
    def check(self, text: str) -> str:
        with tree.Sample({"include/nasnet/core/a.hpp": "#pragma once\n" + text}) as root:
            return "\n".join(faults(root))

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_unnamed_namespaces(self) -> None:
        self.assertIn("a.hpp:3: an unnamed namespace", self.check("\nnamespace {\nint one();\n}\n"))

    def test_notices_static(self) -> None:
        self.assertIn("a.hpp:3: static", self.check("namespace nasnet {\nstatic int counter = 0;\n}\n"))
        self.assertIn("static at", self.check("namespace nasnet::inline v0 {\n[[maybe_unused]] static int f() { return 0; }\n}\n"))
        self.assertIn("static at", self.check("constexpr static int n = 3;\n"))

    def test_notices_variables_that_are_not_inline(self) -> None:
        self.assertIn("is inline: constexpr int n", self.check("namespace nasnet {\nconstexpr int n = 3;\n}\n"))
        self.assertIn("is inline: const Table", self.check("const Table table{{1, 2}, {3, 4}};\n"))
        self.assertIn("is inline: int n;", self.check("inline int f() { return 3; }\nint n;\n"))

    def test_notices_using_namespace(self) -> None:
        self.assertIn("using namespace", self.check("namespace nasnet {\nusing namespace std;\n}\n"))

    def test_notices_a_missing_guard(self) -> None:
        with tree.Sample({"include/nasnet/core/a.hpp": "// #pragma once\n"}) as root:
            self.assertIn("no #pragma once", "\n".join(faults(root)))

    def test_notices_bodies_that_each_file_defines(self) -> None:
        for body, missing in {"int f() { return 1; }": True, "NASNET_BODY int f() { return 1; }": False,
                              "template <class T> int f(T t) { return t; }": False, "A::A(int n) : n_{n} {}": True,
                              "NASNET_INLINE A::~A() { f(); }": False, "struct A { int f() { return 1; } };": False}.items():
            text = f"#pragma once\nnamespace nasnet {{\n{body}\n}}\n"
            with tree.Sample({"include/nasnet/core/a.ipp": text}) as root:
                self.assertEqual("is missing" in "\n".join(faults(root)), missing, body)

    def test_accepts_what_is_right(self) -> None:
        text = """
        namespace nasnet::inline v0 {
        class Shape;
        struct Options { static constexpr int most = 4; int n = most; };
        enum class Kind { one, two };
        inline constexpr int n = 3;
        inline const std::vector<int> table{1, 2};
        inline constexpr std::size_t most = std::size_t{1} << 30U;
        template <class T> constexpr bool always = true;
        template <class T> concept Sized = requires(const T& t) { { t.size() }; } && always<T>;
        inline int next() { static int n = 0; using namespace std; return n++; }
        template <class T> T f(T t) requires Sized<T> { return t; }
        constexpr bool operator==(Kind a, Options b) { return int(a) == b.n; }
        inline Shape::Shape(int n) : n_{n}, m_(n) { f("static {"); }
        [[nodiscard]] constexpr std::array<int, 2> two() { return {1, 2}; }
        static_assert(n == 3);
        namespace detail { using nasnet::Shape; }
        using detail::Shape;
        namespace published = detail;
        }  // namespace nasnet
        """
        self.assertEqual(self.check(text), "")


if __name__ == "__main__":
    unittest.main()
