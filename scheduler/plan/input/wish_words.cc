#include "scheduler/plan/input/wish_words.h"

namespace aftercare::plan {
namespace {

constexpr WordClass kClasses[] = {
    // What patients get.
    {"MESSAGE", "envoi envois text texts txt txts message messages msg msgs mesg mesgs mesage mesages messge messges "
     "sms smss texto textos mensaje mensajes mensage mensages mensajitos msj msjs msjes recordatorio recordatorios "
     "notificacion notificaciones notifications notification notifs notif reminders alerts alertas avisos spam emails "
     "email mails mail correos communication communications comunicacion comunicaciones correspondence updates "
     "whatsapp whatsapps rappels relances relance courriels courriel alertes texte textes textos txtmsg txtmsgs "
     "robotexts imessages checkins envios notices pings transmissions"},
    {"CALLS", "call calls robocalls robocall llamadas llamada appel appels"},
    {"JUNK", "crap shit bs bullshit nonsense garbage junk stuff rubbish mierda porqueria porquerias tonterias basura "
     "pendejadas chingaderas conneries trucs things thing cosas cosa betises"},
    // Words between the others that add nothing.
    {"DET", "reminder par lui the these this those thees thise theese that your all any anymore more of to from it "
     "them such further future another every each other additional kind type sort with about a everything anything "
     "anyone altogether completely entirely pesky daily annoying automated automatic robo unwanted unsolicited silly "
     "dumb endless random pointless useless me us here mynumber period either both totally ridiculous needed necessary "
     "required no none nothing else single one possible whatsoever los las el la estos estas esos esas este esta ese "
     "esa lo de del a al ni mas tus tes ton ta tu sus su vuestros todos todas todo tantos tantas tanto nos eso esto "
     "nada ningun ninguno ninguna otro otros otra nunca jamas aqui mis tipo clase por mi les le l ces ce cet cette des "
     "du aux au tous toutes tout toute vos votre ca cela rien aucun aucune plus jamais moi nous en autre autres mes "
     "ici genre toi ustedes vosotros usted vous"},
    {"THING", "MESSAGE JUNK DET CALLS"},
    // Making an end.
    {"STOP", "stop stopall pare paren parad parenle parale pares arretez arreter arrete arret arretes arretiez cessiez "
     "stoppez stopper cessez cesser detener detenga detengan detenganse parar"},
    {"HALT", "STOP quit end cease cancel terminate discontinue halt suspend kill disable desist cancela cancele "
     "cancelen cancelar terminen suspendan suspender suspenda anulen anular anule cancelo desactivo desactiven "
     "desactivar desactive basta alto annulez annuler annule suspendez desactivez desactiver cesse arretai stopt para "
     "quiten deactivate eliminen"},
    {"CEASE", "dejaran dejara pararan para HALT deje dejen deja dejar dejad dejes refrain abstenganse evite eviten "
     "avoid"},
    {"UNSUB", "unsubscribe unsub unsubscribing unsuscribe unsubcribe unsubscribed unscribe optout unenroll disenroll "
     "deregister unregister desuscribir desuscribo desinscribo desuscribirme desuscribanme desuscribeme desubscribir "
     "desuscriban desuscribame desinscribir desuscripcion desinscribirme desinscribanme desinscribeme desafiliar "
     "desafiliarme desinscrire desinscrivez desinscris desinscription desabonner desabonnez desabonne desabonnement "
     "desincription unsuscribeme"},
    // Writing.
    {"SENDING", "sending sendin sendng sneding texting textin texing txting txtng txtin texin textign texitng "
     "messaging msging messging contacting emailing mailing notifying reminding messageing pinging spamming sms sent "
     "cotacting"},
    {"BOTHERING", "bothering botherin bugging buggin harassing harrassing harrasing annoying pestering nagging "
     "badgering hounding writing calling callin phoning asking stalking disturbing irritating blasting bombarding "
     "messing spam spaming harassin"},
    {"SENDI", "reach text txt message msg contact send write email mail call phone ring notify remind ping bother "
     "disturb bug harass spam annoy sms pester texting contacting messaging sending bothering"},
    {"SENDES", "envie envien envies envieis mande manden mandes mandeis escriba escriban escribas contacte contacten "
     "contactes moleste molesten molestes llame llamen llames textee texteen notifiquen avisen fastidien jodan joda "
     "chinguen insistan busquen busque textees recuerden hablen marquen embien enbien escribieran enviaran mandaran "
     "contactaran molestaran llamaran escribiera enviara mandara"},
    {"SENDINF", "chingando jodiendo fastidiando enviandome mandandome escribiendome molestandome llamando llamandome "
     "texteando texteandome notificando fregando acosando spameando fregar fregarme molestando jorobar enviar enviarme "
     "enviarnos mandar mandarme mandarnos escribir escribirme escribirnos contactar contactarme molestar molestarme "
     "llamar llamarme textear textearme notificar notificarme joder joderme chingar chingarme fastidiar fastidiarme "
     "insistir recordarme avisarme acosar acosarme hablarme marcarme enviando mandando escribiendo mandarle envoyer "
     "ecrire contacter deranger harceler embeter appeler spammer emmerder saouler relancer solliciter ennuyer "
     "bombarder notifier importuner texter textoter chier embiar embiarme enbiar enbiarme mandarmen gonfler"},
    {"SENDFR", "envoyez envoie envoies envoyer ecrivez ecris ecrire contactez contacte contacter contactes derangez "
     "deranger harcelez embetez appelez appelle appeler relancez sollicitez solliciter ennuyez importunez emmerdez "
     "textez contactiez envoyiez ecriviez appeliez embetiez derangiez embeter"},
    {"RECEIVE", "receive receiving recieve recieving recive reciving recibir recibiendo resivir resibir resibir "
     "recivir recevoir resevoir recibiera"},
    {"GET", "get getting got gettin have having see seeing read reading be"},
    {"CONTACTED", "texted contacted messaged called emailed bothered disturbed notified reminded spammed harassed "
     "contactado contactada contacté contacte contactée contactee derangé derange dérangée derangee molestado "
     "molestada sollicité sollicitee sollicitée relancée embêtée notifié notifiée relancé"},
    // Taking a name off a list.
    {"REMOVE", "radiez radier unenroll kick bump pull yank exclude withdraw unlist dump uninstall cut elimina borra "
     "quita saca olviden olvida sortez sors disconnect remove remov delete erase drop scratch cross strike take get "
     "pull lose forget loose clear wipe block quite quiten quiteme quitenme quitar quitarme quitame saquen saqueme "
     "saquenme saquenmen saca sacame sacar elimine eliminen elimineme eliminenme eliminar eliminarme eliminame borre "
     "borren borreme borrenme borrar borrarme borrame borra retire retiren retireme retirenme retirar retirarme quita "
     "retirez retirer retire supprimez supprimer supprime enlevez enlever enleve effacez effacer rayez rayer otez "
     "oubliez"},
    {"REMOVEME", "quitame quitenme quiteme saquenme saqueme sacame eliminenme elimineme eliminame borrenme borreme "
     "borrame retirenme retireme saquenmen"},
    {"REMOVED", "removed deleted unsubscribed taken dropped erased optedout excluded eliminado eliminada borrado "
     "borrada retiré retirée desinscrit desinscrite supprimé"},
    {"LIST", "group grupo groupe messaging contact patient calling phone client list lists database databases system "
     "systems records contacts mailing thread chat lista listas base datos sistema registros contactos liste listes "
     "fichier fichiers repertoire systeme listing distribution subscription suscripcion abonnement"},
    {"SUBSCRIPTION", "subscription subscriptions suscripcion subscripcion abonnement inscripcion"},
    {"NAME", "contacto coordonnées coordonnees name number info information contact contacts mynumber numero nombre "
     "datos informacion nom coordonnees num subscription email"},
    // Feelings.
    {"FEDUP", "tired sick fed done bored harto harta hasta cansado cansada marre"},
    // An end of something, in words that no pattern has.
    {"ENDING", "finir switch corten corte cortenle cortele quitenmelo quitamelo quitenlo enroll enrolled needing "
     "unwanted quit quits blowin blowing lose unenrolled quitenmelo discontinued volver vuelvan vuelva sobran "
     "sufficient suffisant suffit"},
    // What messages come to.
    {"DEVICE", "phone fone cell cel celular telefono movil mobile portable telephone inbox mynumber llegue lleguen "
     "llegando"},
    // The parts of structure_patterns.cc. What may be taken back (`cancel my last message`) must be many.
    {"MESSAGES", "texts txts messages msgs mesgs mesages messges smss sms textos mensajes mensages mensajitos msjs "
     "msjes recordatorios notificaciones notifications notifs reminders alertas alerts avisos spam emails mails "
     "correos communications comunicaciones communication comunicacion rappels relances courriels alertes robotexts "
     "imessages updates notices pings checkins envios envois envoi"},
    {"ENDVERB", "stop quit cease halt discontinue terminate suspend disable deactivate kill desist stopping quitting "
     "paren pare parar parenle parele detener detengan detenga suspendan suspender suspenda desactiven desactivar "
     "desactive terminen corten corte cortenle apaguen arretez arreter arrete arretes cessez cesser cesse stoppez "
     "stopper stoppe suspendez desactivez desactiver coupez coupe basta"},
    {"CANCEL", "cancel end cancela cancele cancelen cancelar anulen anular anule quiten quite eliminen elimine borren "
     "remove delete block cancelo quito desactivo apago detengo elimino quitan cancelan desactivan desactivo apagan "
     "paran paro detienen annulez annuler annule supprimez supprimer supprime retirez enlevez enlever resiliez "
     "resilier stopall erase"},
    {"MID", "DET with w my our text texting messaging automated check in ins checkin up clinic office por avec con mi "
     "mon ma mes notre sms ur health system telephone phone mobile"},
    {"SERVICE", "service services program programs programa programme servicio servicios system sistema feature bot "
     "subscription campaign abonnement"},
    {"ENROLLMENT", "enrollment enrolment subscription subscriptions registration membership participation suscripcion "
     "inscripcion abonnement inscription"},
    {"NUMBER", "number num mynumber numero telefono celular cell phone telephone contact contacto coordonnees "
     "coordonnées info information informations datos informacion records record file account"},
    {"TEXTING", "text txt message msg contact reach bother disturb bug harass spam annoy sms pester ping texting "
     "textin texing txting txtng txtin texin textign texitng messaging msging messging messageing contacting cotacting "
     "emailing notifying reminding pinging spamming bothering botherin bugging buggin harassing harrassing harrasing "
     "annoying pestering nagging badgering hounding bombarding spaming harassin escriba escriban escribas contacte "
     "contacten contactes moleste molesten molestes textee texteen textees fastidien chinguen jodan molestando "
     "molestar molestarme escribir escribirme escribirnos escribiendo escribiendome contactar contactarme textear "
     "textearme texteando joder joderme chingar chingarme chingando jodiendo fregar fregarme fregando fastidiar "
     "fastidiarme fastidiando acosar acosarme acosando ecrire ecrivez ecris contacter contactez contacte deranger "
     "derangez harceler harcelez embeter embetez spammer emmerder saouler relancer relancez solliciter sollicitez "
     "ennuyer ennuyez importuner importunez bombarder texter textez textoter"},
    {"TO", "to"},
    {"PRONOUN", "them these those estos esos los las ces"},
    {"NEED", "quiero necesito pedi pedí deseo ocupo"},
    {"NOPOINT", "nopoint"},
    {"ARRIVES", "llegue lleguen"},
    {"ERASE", "exclude withdraw unlist remove remov delete erase lose forget wipe scrub purge clear scratch drop "
     "unenroll borre borren borra borrar borrarme borrenme borreme elimine eliminen elimina eliminar eliminarme "
     "eliminenme quiten quite quitar saquen retiren olviden olvidense supprimez supprimer supprime effacez effacer "
     "efface enlevez enlever retirez retirer oubliez otez rayez"},
    // Whom else messages may be for.
    {"FAMILY", "wife wifes husband husbands mom moms mother mothers dad dads father fathers son sons daughter "
     "daughters sister brother kids kid parents boss neighbor family grandma grandpa grandmother grandfather granny "
     "nana gran aunt uncle abuela abuelo mama papa esposa esposo hijo hija hijos madre padre mari femme mere pere fils "
     "fille"},
    // Who says one of these limits a wish.
    {"LIMIT", "at before after until till til unless except only when while if during between night nights nighttime "
     "overnight late later early earlier morning mornings evening evenings afternoon afternoons weekend weekends "
     "weekday weekdays sunday sundays monday mondays tuesday tuesdays wednesday thursday friday fridays saturday "
     "saturdays am pm oclock hour hours midnight noon dawn sleeping dinner meeting meetings spanish english french "
     "often much many so twice instead today tonight tomorrow week month about regarding pharmacy insurance walgreens "
     "cvs bank school billing bill miss missing back temporarily vacation antes despues hasta salvo excepto solo "
     "cuando mientras noche noches tarde tardes temprano manana mananas madrugada domingo domingos lunes sabado "
     "sabados hora horas ingles espanol frances avant apres jusqu jusque sauf seulement quand pendant nuit soir matin "
     "tard tot midi heure heures weekends dimanche dimanches lundi samedi demain semaine anglais espagnol francais "
     "sobre acerca farmacia seguro pharmacie"},
    // How the next thought begins.
    {"STARTER", "i im id ill its you because since as wrong he she we they or otherwise why who porque estoy soy yo "
     "eso este ustedes o sino je car parce ce sinon thats theres nobody this it no not leave"},
    // What Rewordings makes of `I don't want` and `I don't need`.
    {"NOWANT", "nowant"},
    {"NONEED", "noneed"},
    // What can not stand before a wish in the middle of a clause.
    {"BLOCK", "i you we they he she it who which to will would can cant could couldnt wont wouldnt dont not never did "
     "didnt does doesnt do say says said told should shouldnt must may might if when until before after without have "
     "id ill the my keep only nolonger NOWANT NONEED no que se lo sin puedo puede pueden cuando hasta debo debe al el "
     "la ni nunca bus train next truck pit full tram metro ne vous nous je pas puis peux peut dois quand si sans faut "
     "ai as avez a pour comment"},
    {"QUESTION", "why when how what where which should do does did can could is are will would has if unless until "
     "while during cuando como que donde cual debo puedo deberia tengo debere hasta mientras quand comment pourquoi ou "
     "dois puis est quel quelle faut"},
    // Only limits a wish: not at night, not in English.
    {"CLINICAL", "pain* painful bleed* blood* hurt* swell* swollen swelling stitch* suture* wound* incision* scar "
     "scars bandage* dressing* brace braces crutch* walker cane knee* hip hips leg legs ankle* foot feet toe toes arm "
     "arms shoulder* back neck head stomach belly chest heart throat eye eyes ear ears mouth tooth teeth hand hands "
     "finger* wrist* elbow* skin muscle* bone* joint* ice icing iced heat cold fever* temperature infect* pus drain* "
     "leak* itch* rash* numb* tingl* dizz* nause* vomit* throw throwing puk* poop* pee peeing urin* constipat* diarrh* "
     "cough* breath* sleep* cry* crying shak* cramp* spasm* ach* sore* stiff* bruis* red redness hot burn* sting* pill "
     "pills tablet* medic* meds med dose* dosage drug* antibiotic* ibuprofen* tylenol advil aspirin* acetaminophen "
     "paracetamol oxycodone oxy percocet norco tramadol gabapentin prednisone metformin insulin lisinopril eliquis "
     "xarelto lovenox warfarin coumadin heparin thinner* steroid* opioid* narcotic* painkiller* laxative* cream* "
     "ointment* shot shots injection* inject* vaccin* prescription* refill* exercis* stretch* therap* physio* pt "
     "rehab* walk walking walked run running driv* drive bend* bending lift* lifting shower* bath* swim* eat eating "
     "drink* drinking food diet* alcohol smok* vap* weight surg* operat* procedure* treatment* doctor* nurse* "
     "hospital* er appointment* visit* checkup follow followup consult* scan* xray* mri lab labs test tests testing "
     "biops* chemo* radiation dialysis pregnan* period* catheter* tube* cast boot sling splint compress* sock* "
     "stocking* massag* taking wear* wearing using hiccup* sneez* snor* limp* fall falling fell symptom* sugar* "
     "pressure pulse tremb* sweat* chill* faint* panic* anxi* depress* spotting oozing ooze* discharge* twitch* worse "
     "worsen* heal* recover* elevat* gauze tape glue standing sitting resting laying lying working contrast "
     "contraction* spending seeding headache* bandaid* migraine* nightmare* allerg* asthma* diabet* glucose thyroid "
     "gout arthrit* tendon* ligament* meniscus acl cartilage hernia* hemorrhoid* colon* scope endoscop* mammogram "
     "ultrasound mri capsule* vitamin* supplement* iron zinc calcium potassium magnesium coffee caffeine salt soda "
     "beer wine sex tampon* nursing breastfeed* wrap wraps hose cpm squat* plank* clamshell* bridges reps sets pedal* "
     "bike biking bicycle treadmill stair stairs kneel* climb* jump* sport* gym workout* golf tennis gardening yoga "
     "brilinta plavix metoprolol atorvastatin statin* losartan amlodipine hydrocodone vicodin meloxicam celebrex "
     "naproxen aleve motrin toradol zofran miralax senna colace flexeril methocarbamol robaxin cyclobenzaprine "
     "amoxicillin keflex cephalexin doxycycline cipro bactrim clindamycin lyrica pregabalin cymbalta duloxetine prozac "
     "zoloft sertraline xanax ativan ambien melatonin ozempic wegovy humira methotrexate plaquenil levothyroxine "
     "synthroid omeprazole pantoprazole nexium pepcid benadryl claritin zyrtec flonase albuterol inhaler* cpap "
     "aspirine surgeon* dentist* pacemaker* monitor* sensor* pump* staple* screw* plate implant* prosthe* walkers "
     "tightness tight tender* throb* click* pop popping buckl* blister* scab* clot* stool* gas bloat* reflux heartburn "
     "acid hunger appetite thirst* dizzy weak* fatigue* lightheaded*"},
    {"CLINICALES", "dolor* duele* dolia dolio dolencia* sangr* hinch* inflam* punto puntos sutura* herida* cicatri* "
     "venda* vendaje* ferula muleta* baston rodilla* cadera* pierna* tobillo* pie pies brazo* hombro* espalda cuello "
     "cabeza estomago barriga pecho corazon garganta ojo ojos oido* boca diente* mano manos dedo* piel musculo* hueso* "
     "hielo calor fiebre temperatura infecc* pus supur* pic picazon comezon sarpullido adormec* hormigue* mareo* "
     "maread* nausea* vomit* orin* estren* diarrea* tos tosi* tose* respir* dorm* llor* calambr* ard* ardor pastilla* "
     "medic* medicina* tableta* dosis antibiotico* ibuprofeno* paracetamol* aspirina* analgesico* anticoag* insulina* "
     "crema* inyecc* vacuna* receta* ejercicio* estir* terapia* fisio* rehabilit* caminar camino correr manejar "
     "conducir doblar cargar banar* ducha* nadar comer beber tomar tomando comida dieta* fumar* peso cirugia* opera* "
     "tratamiento* doctor* enfermer* hospital* cita citas consulta* laboral masaje* molesta* molestia* sintoma* azucar "
     "presion temblor* usar usando poner escriben contactan trabajo medico molestan faja yeso parche* naproxeno "
     "omeprazol metformina* glucosa diabet* alergi* migran* jaqueca* regla embaraz* cafe sal cerveza bicicleta bici "
     "escaler* sentadill* gimnasio cigarr* plantilla* corset corse costra* grapas grapa ibuprofene metformine diabete "
     "allergi* migraine* regles grossesse enceinte biere velo escalier* tabac cigarette* douleur* doulour* mal saign* "
     "sang gonfl* enfl* plaie* cicatrice* pansement* fil fils agrafe* attelle* bequille* canne genou* hanche* jambe* "
     "cheville* pied* bras epaule* dos cou tete ventre poitrine coeur gorge oeil yeux main mains doigt* peau glace "
     "froid chaud fievre infect* demang* gratt* vertige* naus* vomi* fiev* tousse* toux respir* dorm* pleur* brul* "
     "comprime* pilule* medicament* cachet* antibiotique* doliprane anticoagulant* piqure* vaccin* ordonnance* "
     "exercice* kine* reeducation marcher marche courir conduire plier porter doucher manger boire fumer poids "
     "chirurg* traitement* medecin* docteur* infirmi* hopital rendez rdv consultation* travail prendre bas contention "
     "semelle* glacer"},
    // Words of reasons, which say nothing about a treatment.
    {"HARMLESS", "afford per high limited fcc tcpa attorney violation whoever bc until hospice kids cost costing "
     "expensive times dr NOWANT NONEED go going goes went program services service chose keep keeps keeping welcome "
     "permission appreciate idea care chez allowed back part what use uses used stuff 1 2 3 4 5 6 7 8 9 10 20 50 100 "
     "1000 three once twice i im ive id ill me my mine you your he she it its we us they them his her this that thats "
     "these those theres there here who whom is are was were be been being im isnt arent wasnt aint have has had do "
     "did didnt dont done will would not no yes yeah yep nope never a an the of to from for in at on by with about as "
     "or because since if all any anymore more so too very much many lot still only now get got getting give gave "
     "given given up moved moving changed change new old wrong right number phone cell person guy lady name address "
     "city state country job work busy live lives lived fine better good great well okay same different another other "
     "someone somebody else anyone anybody everyone everything nothing patient patients client customer know knew dont "
     "understand mean meant ask asked bon bonne daughters sons wifes husbands want wanted need needed like signed sign "
     "signup agreed agree consent died dead deceased passed away gone last week month year ago day days week weeks "
     "month months years times time long enough nolonger mother father mom dad husband wife son daughter brother "
     "sister friend belongs own owner got get mistake error wrong sold clinic office switched left leaving back "
     "already years interested sure love hate find finished over think thought believe cost costs paying pay charged "
     "money data bill plan spanish english lawyer report police sue block blocking legal waiting yo soy es son no si "
     "este esta estos ese esa eso mi mis tu su sus me se lo la los las el de del a al en por para con porque que ya "
     "mas muy ni nadie numero telefono celular persona equivocado equivocada equivocaron equivoco cambio cambie cambié "
     "mude mudé nuevo nueva otro otra vivo vive murio fallecio paciente cliente necesito quiero tengo tiene estoy esta "
     "bien mejor gusta interesa nunca pedi pedí autorice solicite aqui alguien ustedes usted cuando clinica madre "
     "padre mama papa esposo esposa hijo hija hace meses semanas dias je suis ne pas plus ce est cest le la les un une "
     "des du de en et pour mon ma mes votre vos vous numero faux mauvais erreur personne telephone change changé "
     "demenage demenagé vis patient cliente deja jamais demandé demande inscrit inscrite mort decede decedé mere pere "
     "mari femme nest moi ai as a avez y tout bien mieux gueri gerant trompez trompe healed recovered curado curada "
     "recuperado recuperada gueri gueris"},
    {"NUM", "1 2 3 4 5 6 7 8 9 10 20 50 100 1000 two three four five ten several many multiple twice hundred"},
    // Words by which a reason ends: behind them, without a mark, may stand a lone `stop`.
    {"REASONEND", "dead deceased number person phone mynumber anymore so interested patient client me here there "
     "service spam error mistake moved name house city state clinic annoying fine them these those messages texts "
     "equivocado paciente numero"},
    // Words that count with a letter wrong.
    {"MISSPELT", "unsubscribe unsubscribing texting messages message messaging contacting receive receiving "
     "notifications notification reminders subscription bothering harassing mensajes mensaje recordatorios "
     "comunication communication communications discontinue notificacion desinscription eliminen abonnement "
     "notificaciones desuscribir desuscribirme desinscrire desinscrivez desabonner desabonnez suscripcion"},
    {"NEG", "dont never donot dnt"},
};

}  // namespace

absl::Span<const WordClass> WishWordClasses() { return kClasses; }

}  // namespace aftercare::plan
