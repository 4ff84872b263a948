// Nothing to run: that this program links is the test.
int main() { return 0; }
