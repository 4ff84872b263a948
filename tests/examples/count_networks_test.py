"""count_networks: the published networks beside their publications."""

import json

import programs
from programs import ProgramTest

EXACT = {
    "nasnet-a-mobile": (5_289_978, 36_738, 563_638_816),
    "nasnet-a-large": (88_753_150, 196_668, 23_783_414_658),
    "nasnet-a-cifar": (3_346_538, 37_248, 544_333_312),
    "nasnet-a-cifar-7@2304": (32_590_954, 127_872, 5_151_250_944),
    "pnasnet-5-large": (86_057_668, None, None),
    "pnasnet-5-mobile": (5_064_487, 33_664, None),
}


class Counts(ProgramTest):
    def rows(self) -> dict[str, dict]:
        return {row["name"]: row for row in json.loads(self.succeed("count_networks", "--json").stdout)}

    def test_exact_counts(self) -> None:
        rows = self.rows()
        for name, (parameters, statistics, multiply_adds) in EXACT.items():
            self.assertEqual(rows[name]["parameters"], parameters)
            if statistics is not None:
                self.assertEqual(rows[name]["batch_norm_statistics"], statistics)
            if multiply_adds is not None:
                self.assertEqual(rows[name]["multiply_adds"], multiply_adds)

    def test_each_row_says_what_is_reproduced(self) -> None:
        agreements = set()
        for name, row in self.rows().items():
            self.assertGreater(row["activation_bytes_training"], row["activation_bytes_inference"], name)
            counted = row["parameters"]
            if row["published_parameters_include_statistics"]:
                counted += row["batch_norm_statistics"]
            for published, count, unit in [(row["published_parameters"], counted, 0.1),
                                           (row["published_multiply_adds"], row["multiply_adds"], None)]:
                if published is None:
                    continue
                millions = published["millions"]
                unit = unit or 10 ** (len(str(int(millions))) - 3)
                error = abs(count / 1e6 - millions)
                wanted = "equal" if error <= unit / 2 else "near" if error <= 0.005 * millions else "differs"
                self.assertEqual(published["agreement"], wanted, name)
                agreements.add(wanted)
        self.assertEqual(agreements, {"equal", "near", "differs"})

    def test_table_and_list_have_the_same_networks(self) -> None:
        table = self.succeed("count_networks").stdout
        rows = self.rows()
        self.assertEqual(len(rows), 13)
        for name, row in rows.items():
            line = next(line for line in table.splitlines() if line.startswith(name + " "))
            self.assertIn(row["scale"], line)
        self.assertIn("5.29 (5.3 equal)", table)
        self.assertIn("88.95 (88.9 equal)", table)
        self.assertIn("error 3.41, with cutout 2.65", table)
        self.assertEqual(rows["nasnet-a-cifar"]["published_cifar_10_error_with_cutout"], 2.65)
        self.assertIsNone(rows["nasnet-b-cifar"]["published_cifar_10_error_with_cutout"])

    def test_output_that_takes_nothing(self) -> None:
        with open("/dev/full", "wb") as full:
            self.refuse("count_networks", stdout=full, naming=["output"])
            self.refuse("count_networks", "--json", stdout=full, naming=["output"])


if __name__ == "__main__":
    programs.main()
