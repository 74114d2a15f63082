/*
 * main - lists the commands and modules; the only file that knows everything.
 */
#include <stdio.h>

int main(void)
{
    puts("duikou " DUIKOU_VERSION);
    return 0;
}
